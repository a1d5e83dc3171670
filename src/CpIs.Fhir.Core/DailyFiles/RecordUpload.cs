using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Uploads;

namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>
/// One record of a daily file on its way: it is read, judged, resolved and committed as the transaction of that child, by the same code.
/// </summary>
internal sealed class RecordUpload
{
    /// <summary>Others change the same child at once: tried so often before the slice is put off.</summary>
    private const int MostTries = 20;

    private readonly DailyRecord _record;
    private readonly RecordTransaction _transaction;
    private readonly TransactionUpload.Attempt _attempt;
    private Refusal? _unread;

    public RecordUpload(TransactionUpload uploads, DailyFile file, DailyRecord record)
    {
        _record = record;
        _transaction = RecordTransaction.Of(record);
        _attempt = new TransactionUpload.Attempt(
            uploads,
            new Upload(
                new Caller(
                    file.ClientId,
                    OdsCode.Parse(file.Authority),
                    file.OrganisationName,
                    CallerKind.Authority,
                    file.Person,
                    [],
                    []
                ),
                new WriteRequest(file.ClientId, file.RequestId, MayRepeat: false, default),
                file.CorrelationId,
                _transaction.Body,
                file.FhirBase
            )
            {
                Stamp = file.Stamp,
            }
        );
    }

    /// <summary>What of it could be understood.</summary>
    public IReadOnlyList<UploadEntry> Entries => _attempt.Entries;

    /// <summary>What must not be worked on twice at once: children and plans.</summary>
    public IEnumerable<string> Keys =>
        Entries.SelectMany(entry =>
            entry.Plan is { } plan ? (IEnumerable<string>)[plan.Child.Digits, "plan " + plan.PlanId] : [entry.Key]
        );

    /// <summary>Reads and judges: all that takes long, and asks no store.</summary>
    public void Judge() => _unread = _record.Entries.Count == 0 ? null : _attempt.Read();

    /// <summary>Commits it with its result, or the result alone.</summary>
    /// <param name="held">What was read for many records at once; null to read for this one.</param>
    /// <param name="commit">Commits, with the result.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <exception cref="StoreUnavailableException">The store did not answer, or others change the same child on and on.</exception>
    public async Task<RecordOutcome> CommitAsync(
        UploadSnapshot? held,
        Func<Commit, RecordOutcome, Task<CommitOutcome>> commit,
        CancellationToken cancellation
    )
    {
        for (var tries = 0; tries < MostTries; tries++)
        {
            var result = await ResolveAsync(held, cancellation).ConfigureAwait(false);
            if (result.Refusal is not null && held is not null)
            {
                // What was read for many is not of this moment: a refusal is.
                held = null;
                continue;
            }

            if (result.Refusal is null && Changed(result.Value) is { } changed)
                result = changed;
            held = null;
            var resolved = result.Refusal is null && !IsFaulty ? result.Value : null;
            var outcome = OutcomeOf(resolved, result.Refusal);
            var whole = resolved is null
                ? new Commit()
                : new Commit { Changes = resolved.Changes, Confirmations = resolved.Confirmations };
            if (await commit(whole, outcome).ConfigureAwait(false) != CommitOutcome.Conflict)
                return outcome;
        }

        throw new StoreUnavailableException("Others are changing the same child. The record is tried again later.");
    }

    /// <summary>Why nothing is done, where something else is held than expected. That a newer upload was here is told as ever.</summary>
    private Refusal? Changed(ResolvedUpload resolved) =>
        _record.Expected is { } expected
        && Entries.Select(entry => resolved[entry]).OfType<UploadedResource>().FirstOrDefault()
            is { Effect: not UploadEffect.Superseded, Held: var now }
        && !expected.Is(now)
            ? HeldVersion.Refuse(now)
            : null;

    private bool IsFaulty => _record.Faults.Any(fault => fault.Severity == "error");

    private async Task<Result<ResolvedUpload>> ResolveAsync(UploadSnapshot? held, CancellationToken cancellation) =>
        _unread is { } no ? no
        : _record.Entries.Count == 0 ? new Refusal(RefusalKind.Malformed, [])
        : await _attempt.ResolveAsync(held, cancellation).ConfigureAwait(false);

    private RecordOutcome OutcomeOf(ResolvedUpload? resolved, Refusal? refusal)
    {
        var issues = new List<Issue>();
        var ofSender = refusal?.Issues.Where(RecordTransaction.IsOfSender).ToList() ?? [];
        // What is wrong with the request alone would be nobody's to mend.
        issues.AddRange(ofSender.Count == 0 ? refusal?.Issues ?? [] : ofSender);
        if (resolved is not null)
            issues.AddRange(Entries.SelectMany(entry => AcknowledgementWriter.IssuesOf(entry, resolved)));
        var faults = _record.Faults.Select(_transaction.FaultOf).ToList();
        var ofReader = faults.Count;
        // That a record is known already is its effect, and is not said again of each entry.
        foreach (var issue in issues.Where(issue => issue.Severity != "information" || issue.Rule is not null))
            if (_transaction.FaultOf(issue) is var fault && !IsTold(faults, ofReader, fault))
                faults.Add(fault);
        var effect = resolved is null ? RecordEffect.Refused : EffectOf(Entries.Select(entry => resolved[entry]));
        return new RecordOutcome
        {
            Form = _record.Position.Form,
            Number = _record.Position.Number,
            Effect = effect,
            Verdict =
                effect != RecordEffect.Refused ? RecordVerdict.CPR06
                : faults.Exists(fault => fault.Rule == "cpis-nhs-number") ? RecordVerdict.CPR04
                : RecordVerdict.CPR07,
            LocalId = _transaction.LocalId,
            Plans = [.. _transaction.PlanIds.Select(id => new PlanOutcome(id, EffectOf(id, resolved)))],
            Faults = faults,
        };
    }

    /// <summary>
    /// In CSV one cell makes several elements, and one that could not be read makes none: what is wrong with it is told once, by whoever
    /// told it first.
    /// </summary>
    /// <param name="faults">What is told already: first what whoever read the file told.</param>
    /// <param name="ofReader">How many of them those are.</param>
    /// <param name="fault">Another.</param>
    private static bool IsTold(List<RecordFault> faults, int ofReader, RecordFault fault) =>
        fault is { Row: not null, Element: not null }
        && faults
            .Where((each, i) => i < ofReader || each.Rule == fault.Rule)
            .Any(each => (each.Row, each.Element, each.Severity) == (fault.Row, fault.Element, fault.Severity));

    private RecordEffect EffectOf(string planId, ResolvedUpload? resolved) =>
        resolved is null
            ? RecordEffect.Refused
            : EffectOf(Entries.Where(entry => entry.Plan?.PlanId == planId).Select(entry => resolved[entry]));

    private static RecordEffect EffectOf(IEnumerable<UploadedResource?> resources)
    {
        var effects = resources.Select(resource => resource?.Effect ?? UploadEffect.Superseded).ToList();
        return effects.Exists(effect => effect is not (UploadEffect.Unchanged or UploadEffect.Superseded))
                ? RecordEffect.Loaded
            : effects.Contains(UploadEffect.Superseded) ? RecordEffect.Superseded
            : RecordEffect.Unchanged;
    }
}
