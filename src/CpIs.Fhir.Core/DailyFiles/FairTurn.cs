namespace CpIs.Fhir.Core.DailyFiles;

/// <summary>
/// Whose file is worked on next (promise 16): the authority that waited longest since its last slice, and of its files the one that did. So
/// a huge file delays another authority's by one slice at most, and its own authority's next one hardly more.
/// </summary>
internal static class FairTurn
{
    /// <summary>The file; null when none waits for anybody.</summary>
    /// <param name="files">All that wait or are worked on.</param>
    /// <param name="now">Leases that ended by then hold no longer.</param>
    public static DailyFile? Next(IEnumerable<DailyFile> files, DateTimeOffset now) =>
        files
            .GroupBy(file => file.Authority, StringComparer.Ordinal)
            .Select(own =>
                (
                    Served: own.Max(file => file.Served) ?? DateTimeOffset.MinValue,
                    Next: own.Where(file => file.Lease is null || file.Lease.Until <= now)
                        .OrderBy(file => file.Served ?? DateTimeOffset.MinValue)
                        .ThenBy(file => file.Received)
                        .ThenBy(file => file.Sequence)
                        .FirstOrDefault()
                )
            )
            .Where(authority => authority.Next is not null)
            .OrderBy(authority => authority.Served)
            .ThenBy(authority => authority.Next!.Received)
            .ThenBy(authority => authority.Next!.Id, StringComparer.Ordinal)
            .FirstOrDefault()
            .Next;
}
