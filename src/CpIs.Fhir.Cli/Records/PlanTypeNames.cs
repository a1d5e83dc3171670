using System.CommandLine;
using System.Text.Json;
using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Cli.Records;

/// <summary>Types of plan as they are typed and as <c>--json</c> shows them: <c>looked-after</c>.</summary>
internal static class PlanTypeNames
{
    /// <summary>The name of a type.</summary>
    public static string Of(PlanType type) => JsonNamingPolicy.KebabCaseLower.ConvertName(type.Name);

    /// <summary><c>--type</c>.</summary>
    public static Option<string?> Option()
    {
        var option = new Option<string?>("--type") { Description = "Only plans of this type.", HelpName = Choice };
        option.AcceptOnlyFromAmong([.. PlanTypes.All.Select(Of)]);
        return option;
    }

    /// <summary>All names.</summary>
    public static string Choice => string.Join('|', PlanTypes.All.Select(Of));

    /// <summary>The type that somebody means by its name or the first words of it, whatever the case: <c>Looked after</c>; null for none.</summary>
    public static PlanType? Find(string text)
    {
        var words = text.Trim().Replace(' ', '-');
        var meant = PlanTypes
            .All.Where(type => words.Length > 0 && Of(type).StartsWith(words, StringComparison.OrdinalIgnoreCase))
            .ToList();
        return meant is [var one] ? one : null;
    }

    /// <summary>The SNOMED CT code of a name that <see cref="Option"/> took.</summary>
    public static string CodeOf(string name) => PlanTypes.All.First(type => Of(type) == name).Code;
}
