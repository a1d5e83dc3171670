using CpIs.Fhir.Cli.Records;

namespace CpIs.Fhir.Cli.Notices;

/// <summary>A line of a work-list.</summary>
internal interface IWaiting : IRow
{
    /// <summary>What it says, piece by piece: a piece that was not there before is news.</summary>
    IEnumerable<string> Keys { get; }
}
