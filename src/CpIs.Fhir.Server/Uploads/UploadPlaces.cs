using CpIs.Fhir.Core;

namespace CpIs.Fhir.Server.Uploads;

/// <summary>
/// Places for uploads: a parsed Bundle takes many times the memory of its bytes, so only so many are parsed at once. The
/// body is read before, so that a slow sender holds no place.
/// </summary>
internal sealed class UploadPlaces(int places) : IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _free = new(places, places);

    /// <summary>A place, to be given back by disposing of it; 429 when none is free in time.</summary>
    public async Task<Result<Place>> TakeAsync(CancellationToken cancellation) =>
        await _free.WaitAsync(LongestWait, cancellation)
            ? new Place(_free)
            : new Refusal(
                RefusalKind.TooMany,
                [new Issue("throttled", "Too many uploads at once. Retry-After says when to come again.")],
                TimeSpan.FromSeconds(1)
            );

    public void Dispose() => _free.Dispose();

    /// <summary>One upload's place.</summary>
    internal sealed class Place(SemaphoreSlim free) : IDisposable
    {
        public void Dispose() => free.Release();
    }
}
