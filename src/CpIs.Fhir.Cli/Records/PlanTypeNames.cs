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
        var names = PlanTypes.All.Select(Of).ToArray();
        var option = new Option<string?>("--type")
        {
            Description = "Only plans of this type.",
            HelpName = string.Join('|', names),
        };
        option.AcceptOnlyFromAmong(names);
        return option;
    }

    /// <summary>The SNOMED CT code of a name that <see cref="Option"/> took.</summary>
    public static string CodeOf(string name) => PlanTypes.All.First(type => Of(type) == name).Code;
}
