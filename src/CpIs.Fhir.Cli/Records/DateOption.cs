using System.CommandLine;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Cli.Records;

/// <summary>Dates as they are typed to narrow a search.</summary>
internal static class DateOption
{
    /// <summary>An option that takes a year, a month, a day or a time.</summary>
    public static Option<string?> Of(string name, string description)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = "DATE" };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && SearchDate.Parse("eq" + text) is null)
                result.AddError(
                    $"{name} must be a day (2026-11-23), a month (2026-11), a year (2026) or a time with zone (2026-11-23T09:30:00Z)."
                );
        });
        return option;
    }
}
