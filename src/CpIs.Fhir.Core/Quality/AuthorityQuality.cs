namespace CpIs.Fhir.Core.Quality;

/// <summary>What a scan has found of one authority so far.</summary>
internal sealed class AuthorityQuality
{
    private readonly Dictionary<QualityMeasure, (int Count, List<QualityLine> Lines)> _found = [];

    /// <summary>Children held.</summary>
    public int Children { get; set; }

    /// <summary>Plans held and not withdrawn.</summary>
    public int Plans { get; set; }

    /// <summary>Open ones.</summary>
    public int OpenPlans { get; set; }

    /// <summary>Everything found, by measure.</summary>
    public IReadOnlyDictionary<QualityMeasure, QualityList> Lists =>
        _found.ToDictionary(each => each.Key, each => new QualityList(each.Value.Count, each.Value.Lines));

    /// <summary>One more; beyond <see cref="QualityList.Most"/> it is counted alone, so that the memory has a bound.</summary>
    public void Add(QualityMeasure measure, QualityLine line)
    {
        var (count, lines) = _found.GetValueOrDefault(measure, (0, []));
        if (lines.Count < QualityList.Most)
            lines.Add(line);
        _found[measure] = (count + 1, lines);
    }
}
