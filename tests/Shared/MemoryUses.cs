using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Limits;

namespace CpIs.Fhir.Tests.Shared;

/// <summary>
/// A ledger that several servers of one test share. It passes the contract suite of tests/CpIs.Fhir.Storage.Tests, so that
/// what is tried upon it holds for the real ones.
/// </summary>
internal sealed class MemoryUses : IUseLedger
{
    private readonly Lock _gate = new();
    private readonly List<UseReport> _reports = [];

    /// <summary>The store does not answer: nothing is written.</summary>
    public bool IsDown { get; set; }

    /// <summary>The answer is lost on its way: what was told is written all the same.</summary>
    public bool LosesAnswers { get; set; }

    public IReadOnlyList<UseReport> Reports
    {
        get
        {
            lock (_gate)
                return [.. _reports];
        }
    }

    public Task<IReadOnlyList<UseReport>> ExchangeAsync(
        UseReport? own,
        string server,
        IReadOnlyDictionary<string, long> seen,
        DateTimeOffset since,
        CancellationToken cancellation
    )
    {
        if (IsDown)
            throw new StoreUnavailableException("The store is down.");
        lock (_gate)
        {
            if (own is not null && !_reports.Any(r => r.Server == own.Server && r.Number == own.Number))
                _reports.Add(own);
            if (LosesAnswers)
                throw new StoreUnavailableException("The answer was lost.");
            return Task.FromResult<IReadOnlyList<UseReport>>([
                .. _reports.Where(r =>
                    r.Server != server && r.Time >= since && r.Number > seen.GetValueOrDefault(r.Server)
                ),
            ]);
        }
    }
}
