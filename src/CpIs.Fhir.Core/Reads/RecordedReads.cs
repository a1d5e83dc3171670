using System.Collections.Concurrent;
using CpIs.Fhir.Core.Occurrences;

namespace CpIs.Fhir.Core.Reads;

/// <summary>
/// Records who reads records and accesses, before they are shown. The same view by one session (client, person, path and
/// parameters) within <see cref="OneView"/> is recorded once, and again when it shows a child that it did not show before;
/// a view of everything is recorded each time.
/// Each server remembers for itself what it has recorded: with several, a view is recorded more often, never less.
/// </summary>
public sealed class RecordedReads(IOccurrenceStore occurrences, IdGenerator ids, TimeProvider time)
{
    /// <summary>How long one record stands for the same view.</summary>
    public static readonly TimeSpan OneView = TimeSpan.FromMinutes(15);

    private const int MostViews = 1_000;
    private const int LongestQuery = 2_048;

    private readonly ConcurrentDictionary<(string Client, string? Person, string Path, string? Query), Seen> _seen =
        new();

    /// <summary>Returns when the view is on record, durably.</summary>
    /// <exception cref="StoreUnavailableException">It could not be recorded: show nothing.</exception>
    public async Task RecordAsync(ReadView view, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var children = view.Shown.Select(item => item.Child).OfType<NhsNumber>().ToHashSet();
        var query = view.Query is { Length: > LongestQuery } whole ? whole[..LongestQuery] : view.Query;
        if (_seen.Count >= MostViews)
            Forget(now);
        var seen = _seen.GetOrAdd(
            (view.Caller.ClientId, view.Caller.Person?.SdsUserId, view.Path, view.Query),
            static _ => new Seen()
        );
        if (!view.IsOfAll && seen.Covers(now, children))
            return;
        await occurrences
            .RecordAsync(
                new Occurrence
                {
                    Id = ids.Next(),
                    Kind = OccurrenceKind.Read,
                    Time = new DateTimeOffset(now.Ticks - now.Ticks % TimeSpan.TicksPerMillisecond, TimeSpan.Zero),
                    ClientId = view.Caller.ClientId,
                    Organisation = view.Caller.Organisation,
                    OrganisationName = view.Caller.OrganisationName,
                    CallerKind = view.Caller.Kind,
                    Person = view.Caller.Person,
                    Interaction = view.Path,
                    Child = children.Count == 1 ? children.First() : null,
                    Query = query,
                    RequestId = view.RequestId,
                    CorrelationId = view.CorrelationId,
                    Seen = [.. view.Shown.Select(item => item.Reference)],
                },
                cancellation
            )
            .ConfigureAwait(false);
        seen.Add(now, children);
    }

    private void Forget(DateTimeOffset now)
    {
        foreach (var entry in _seen)
            if (entry.Value.IsOver(now))
                _seen.TryRemove(entry);
        if (_seen.Count >= MostViews)
            _seen.Clear();
    }

    private sealed class Seen
    {
        private readonly Lock _gate = new();
        private readonly HashSet<NhsNumber> _children = [];
        private DateTimeOffset? _since;

        public bool Covers(DateTimeOffset now, HashSet<NhsNumber> children)
        {
            lock (_gate)
                return IsOpen(now) && _children.IsSupersetOf(children);
        }

        public void Add(DateTimeOffset now, HashSet<NhsNumber> children)
        {
            lock (_gate)
            {
                if (!IsOpen(now))
                {
                    _since = now;
                    _children.Clear();
                }

                _children.UnionWith(children);
            }
        }

        public bool IsOver(DateTimeOffset now)
        {
            lock (_gate)
                return !IsOpen(now);
        }

        private bool IsOpen(DateTimeOffset now) => _since <= now && now - _since < OneView;
    }
}
