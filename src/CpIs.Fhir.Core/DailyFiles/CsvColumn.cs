namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>A column of a daily file in CSV.</summary>
/// <param name="Name">As the template writes it, and as a fault names it.</param>
/// <param name="Says">What belongs in it, for the documentation.</param>
/// <param name="Example">A value, as the template shows it.</param>
public sealed record CsvColumn(string Name, string Says, string Example)
{
    /// <summary>What else it may be called. Case, spaces and punctuation do not matter.</summary>
    public IReadOnlyList<string> OtherNames { get; init; } = [];

    /// <summary>True where a file may come without it.</summary>
    public bool IsOptional { get; init; }

    /// <summary>The elements that are made of it, without indexes; what lies below them is of this column too.</summary>
    public IReadOnlyList<string> Elements { get; init; } = [];

    /// <summary>Rules about several elements that are told at this column.</summary>
    public IReadOnlyList<string> Rules { get; init; } = [];

    /// <summary>Every name.</summary>
    internal IEnumerable<string> Names => OtherNames.Prepend(Name);
}
