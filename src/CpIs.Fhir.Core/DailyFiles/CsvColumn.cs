namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>A column of a daily file in CSV.</summary>
/// <param name="name">As the template writes it.</param>
/// <param name="says">What belongs in it.</param>
/// <param name="example">A value.</param>
public sealed class CsvColumn(string name, string says, string example)
{
    /// <summary>As the template writes it, and as a fault names it.</summary>
    public string Name { get; } = name;

    /// <summary>What belongs in it, for the documentation.</summary>
    public string Says { get; } = says;

    /// <summary>A value, as the template shows it.</summary>
    public string Example { get; } = example;

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
