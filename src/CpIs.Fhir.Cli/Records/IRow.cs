using System.Text.Json.Nodes;

namespace CpIs.Fhir.Cli.Records;

/// <summary>One line of a list.</summary>
internal interface IRow
{
    /// <summary>What a person reads, in the order of the headings.</summary>
    IReadOnlyList<string> Cells { get; }

    /// <summary>One object for <c>--json</c>.</summary>
    JsonObject ToJson();
}
