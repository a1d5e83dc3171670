using System.Text.Json;
using CpIs.Fhir.Core.Notifications;

namespace CpIs.Fhir.Cli.Listening;

/// <summary>
/// The exchange's public keys, fetched when first needed and again when a signature fits none of them (a rotation), but
/// not more often than every ten seconds, so that a flood of forged notices is not passed on to the exchange.
/// </summary>
internal sealed class PublishedKeys(HttpClient http, Uri url, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);
    private readonly SemaphoreSlim _one = new(1, 1);
    private IReadOnlyList<ReadOnlyMemory<byte>> _keys = [];
    private DateTimeOffset? _fetched;

    /// <summary>True when the signature is by one of the keys and the time is near.</summary>
    /// <exception cref="HttpRequestException">The keys cannot be had: nothing is known of the signature.</exception>
    public async Task<bool> VerifyAsync(
        string? id,
        string? timestamp,
        string? signature,
        byte[] body,
        CancellationToken cancellation
    )
    {
        if (_fetched is null)
            await FetchAsync(cancellation);
        if (Verifies())
            return true;
        if (time.GetUtcNow() - _fetched < Rest)
            return false;
        await FetchAsync(cancellation);
        return Verifies();

        bool Verifies() => WebhookSignature.Verify(id, timestamp, signature, body, _keys, time.GetUtcNow());
    }

    /// <inheritdoc />
    public void Dispose() => _one.Dispose();

    private async Task FetchAsync(CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            _keys = WebhookKeySet.Read(await http.GetByteArrayAsync(url, cancellation));
            _fetched = time.GetUtcNow();
        }
        catch (Exception unreadable) when (unreadable is JsonException or FormatException or InvalidOperationException)
        {
            throw new HttpRequestException($"{url} is not a key set.", unreadable);
        }
        finally
        {
            _one.Release();
        }
    }
}
