using CpIs.Fhir.Core;

namespace CpIs.Fhir.Server.Http;

/// <summary>
/// Places for work that takes many times the memory of what was sent: only so much of it is done at once. Whoever finds
/// none free in two seconds is refused (429).
/// </summary>
/// <param name="places">How many, 1 or more.</param>
/// <param name="what">What there is too much of, such as <c>uploads</c>.</param>
internal class Places(int places, string what) : IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _free = new(places, places);

    /// <summary>A place, to be given back by disposing of it; 429 when none is free in time.</summary>
    public async Task<Result<Place>> TakeAsync(CancellationToken cancellation) =>
        await _free.WaitAsync(LongestWait, cancellation)
            ? new Place(_free)
            : new Refusal(
                RefusalKind.TooMany,
                [new Issue("throttled", $"Too many {what} at once. Try again after the seconds in Retry-After.")],
                TimeSpan.FromSeconds(1)
            );

    /// <inheritdoc />
    public void Dispose()
    {
        _free.Dispose();
        GC.SuppressFinalize(this);
    }

    internal sealed class Place(SemaphoreSlim free) : IDisposable
    {
        public void Dispose() => free.Release();
    }
}
