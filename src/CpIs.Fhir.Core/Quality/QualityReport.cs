using System.Text.Json.Serialization;
using CpIs.Fhir.Core.DailyFiles;

namespace CpIs.Fhir.Core.Quality;

/// <summary>
/// The data quality of one authority's register as it was in one London night. Nothing of a child is in it but the authority's own ids, and no
/// value that another authority holds. See docs/adr/0063.
/// </summary>
public sealed record QualityReport
{
    /// <summary>For so many days a report is kept, and the trend goes back.</summary>
    public const int KeptDays = 30;

    /// <summary>Days after which phones that did not change are to be tried.</summary>
    public const int PhonesAfterDays = 90;

    /// <summary>ODS code of the authority.</summary>
    public required string Authority { get; init; }

    /// <summary>The London day on which it was made.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>When the scan began: what changed later may be in the next report.</summary>
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>Children of whom the authority holds a record.</summary>
    public int Children { get; init; }

    /// <summary>Plans that it holds, without those that were withdrawn.</summary>
    public int Plans { get; init; }

    /// <summary>Those of them that are open.</summary>
    public int OpenPlans { get; init; }

    /// <summary>The London day of the newest upload; null before the first.</summary>
    public DateOnly? LastUpload { get; init; }

    /// <summary>Since when the register is out of date; null while it is not.</summary>
    public DateOnly? StaleSince { get; init; }

    /// <summary>The London day on which the authority's name or phones last changed here; null where they are not shown.</summary>
    public DateOnly? PhonesSince { get; init; }

    /// <summary>The daily files that ended in the last <see cref="KeptDays"/> days, the oldest first.</summary>
    public IReadOnlyList<FileQuality> Files { get; init; } = [];

    /// <summary>Refused records that no later file has mended, the oldest first; at most <see cref="FailureTally.Most"/>.</summary>
    public IReadOnlyList<FailingRecord> Failing { get; init; } = [];

    /// <summary>What else was found, by measure.</summary>
    public IReadOnlyDictionary<QualityMeasure, QualityList> Lists { get; init; } =
        new Dictionary<QualityMeasure, QualityList>();

    /// <summary>The last file that said it holds everything; null where none came in the last <see cref="KeptDays"/> days.</summary>
    [JsonIgnore]
    public FileQuality? LastFull => Files.LastOrDefault(file => file.IsFull);

    /// <summary>True when the phones did not change for <see cref="PhonesAfterDays"/> days.</summary>
    [JsonIgnore]
    public bool PhonesAreOld => PhonesSince is { } since && Day.DayNumber - since.DayNumber >= PhonesAfterDays;

    /// <summary>A measure with its lines.</summary>
    public QualityList Of(QualityMeasure measure) =>
        measure == QualityMeasure.Failing
            ? new QualityList(Failing.Count, [.. Failing.Select(failing => failing.Line)])
            : Lists.GetValueOrDefault(measure) ?? QualityList.Empty;

    /// <summary>How many records were refused by each rule in the last <see cref="KeptDays"/> days, the most first.</summary>
    public IReadOnlyList<(string Rule, int Records)> RefusedByRule() =>
        [
            .. Files
                .SelectMany(file => file.Rules)
                .GroupBy(rule => rule.Key, rule => rule.Value, StringComparer.Ordinal)
                .Select(group => (group.Key, group.Sum()))
                .OrderByDescending(rule => rule.Item2)
                .ThenBy(rule => rule.Key, StringComparer.Ordinal),
        ];

    /// <summary>How many records were refused on each London day on which a file ended: the trend.</summary>
    public IReadOnlyList<(DateOnly Day, int Refused)> RefusedByDay() =>
        [
            .. Files
                .GroupBy(file => file.Day)
                .Select(group => (group.Key, group.Sum(file => file.Counts.Refused)))
                .OrderBy(day => day.Key),
        ];
}

/// <summary>What a measure found.</summary>
/// <param name="Count">How many in all.</param>
/// <param name="Lines">The first <see cref="Most"/> of them.</param>
public sealed record QualityList(int Count, IReadOnlyList<QualityLine> Lines)
{
    /// <summary>Most lines; all are counted.</summary>
    public const int Most = 200;

    /// <summary>Nothing found.</summary>
    public static QualityList Empty { get; } = new(0, []);
}

/// <summary>One thing to look at, by the authority's own ids.</summary>
/// <param name="PlanId">The plan, or the plans with a blank between them; null for none.</param>
/// <param name="LocalId">The authority's own id of the person; null for none.</param>
/// <param name="Since">The day that matters: since when, or until when.</param>
/// <param name="Text">What it is and what to do, for a social-care worker.</param>
public sealed record QualityLine(string? PlanId, string? LocalId, DateOnly? Since, string Text);

/// <summary>What became of the records of one daily file.</summary>
/// <param name="Sequence">The authority's number of the file.</param>
/// <param name="Day">The London day on which it ended.</param>
/// <param name="IsFull">True where it said that it holds everything.</param>
/// <param name="Counts">What became of its records.</param>
/// <param name="Rules">How many records each rule refused; a record that breaks two is counted at both.</param>
public sealed record FileQuality(
    long Sequence,
    DateOnly Day,
    bool IsFull,
    DailyFileCounts Counts,
    IReadOnlyDictionary<string, int> Rules
);

/// <summary>A record that is refused night after night.</summary>
/// <param name="LocalId">The authority's own id of the person; null where only the plan is known.</param>
/// <param name="PlanId">Its first plan; null for none.</param>
/// <param name="Since">The London day on which it was first refused.</param>
/// <param name="Last">The London day on which it was refused last.</param>
/// <param name="Times">In how many files.</param>
/// <param name="Rules">The rules that it broke last.</param>
public sealed record FailingRecord(
    string? LocalId,
    string? PlanId,
    DateOnly Since,
    DateOnly Last,
    int Times,
    IReadOnlyList<string> Rules
)
{
    internal QualityLine Line =>
        new(
            PlanId,
            LocalId,
            Since,
            $"Refused {(Times == 1 ? "once" : $"{Times} times")}, last for {string.Join(", ", Rules)}. Nothing of it is stored since it is refused: mend it and send it again."
        );
}
