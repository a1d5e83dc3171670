using CpIs.Fhir.Core.DailyFiles;
using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Core.Quality;

/// <summary>
/// What daily files tell of the quality: refused by rule, and since when a record fails. A night adds the files that came since the last report;
/// the rest is carried over from that report, so that no result is read twice.
/// </summary>
internal sealed class FailureTally(IDailyFileStore store, QualityReport? before, DateOnly today)
{
    /// <summary>Most failing records that are followed for an authority: so the memory has a bound. The oldest are kept.</summary>
    public const int Most = 1_000;

    private const int MostFiles = 500;
    private const int Page = 500;
    private const string NoRule = "(no rule)";

    private readonly Dictionary<string, FailingRecord> _failing =
        before?.Failing.ToDictionary(KeyOf, StringComparer.Ordinal) ?? new(StringComparer.Ordinal);

    private readonly List<FileQuality> _files = [.. before?.Files ?? []];

    /// <summary>The files of the last days, the oldest first.</summary>
    public IReadOnlyList<FileQuality> Files => _files;

    /// <summary>Refused and not mended, the oldest first.</summary>
    public IReadOnlyList<FailingRecord> Failing =>
        [
            .. _failing
                .Values.Where(record => IsRecent(record.Last))
                .OrderBy(record => record.Since)
                .ThenBy(record => record.LocalId ?? record.PlanId, StringComparer.Ordinal),
        ];

    /// <summary>Adds what is new.</summary>
    public async Task ReadAsync(OdsCode authority, CancellationToken cancellation)
    {
        _files.RemoveAll(file => !IsRecent(file.Day));
        var known = _files.Select(file => file.Sequence).ToHashSet();
        var all = await store.ReadFilesAsync(authority, MostFiles, cancellation).ConfigureAwait(false);
        foreach (
            var file in all.Where(file =>
                    file is { State: DailyFileState.Done, Ended: { } ended }
                    && IsRecent(LondonCalendar.DayOf(ended))
                    && !known.Contains(file.Sequence)
                )
                .OrderBy(file => file.Ended)
                .ThenBy(file => file.Sequence)
        )
            await AddAsync(file, cancellation).ConfigureAwait(false);
    }

    private bool IsRecent(DateOnly day) => today.DayNumber - day.DayNumber < QualityReport.KeptDays;

    private async Task AddAsync(DailyFile file, CancellationToken cancellation)
    {
        var day = LondonCalendar.DayOf(file.Ended!.Value);
        var rules = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var from = 0; from < file.Records; from += Page)
            foreach (
                var result in await store.ReadResultsAsync(file.Id, from, Page, cancellation).ConfigureAwait(false)
            )
                Add(DailyFileJson.ReadOutcome(result.Body.Span), day, rules);
        _files.Add(new FileQuality(file.Sequence, day, file.Mode == DailyFileMode.Full, file.Counts, rules));
    }

    private void Add(RecordOutcome outcome, DateOnly day, SortedDictionary<string, int> rules)
    {
        var plan = outcome.Plans.Count > 0 ? outcome.Plans[0].Id : null;
        if (outcome.Effect != RecordEffect.Refused)
        {
            _failing.Remove(KeyOf(outcome.LocalId, plan));
            return;
        }

        List<string> broken =
        [
            .. outcome
                .Faults.Where(fault => fault.Severity == "error")
                .Select(fault => fault.Rule ?? NoRule)
                .Distinct(StringComparer.Ordinal),
        ];
        foreach (var rule in broken)
            rules[rule] = rules.GetValueOrDefault(rule) + 1;
        // What names neither person nor plan cannot be followed from night to night.
        if (outcome.LocalId is null && plan is null)
            return;
        var key = KeyOf(outcome.LocalId, plan);
        if (_failing.TryGetValue(key, out var failing))
            _failing[key] = failing with { Last = day, Times = failing.Times + 1, Rules = broken };
        else if (_failing.Count < Most)
            _failing[key] = new FailingRecord(outcome.LocalId, plan, day, day, 1, broken);
    }

    private static string KeyOf(FailingRecord record) => KeyOf(record.LocalId, record.PlanId);

    private static string KeyOf(string? localId, string? plan) =>
        localId is null ? $"plan {plan}" : $"person {localId}";
}
