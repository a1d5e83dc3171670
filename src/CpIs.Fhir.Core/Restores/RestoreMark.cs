using System.Text.Json;
using System.Text.Json.Serialization;

namespace CpIs.Fhir.Core.Restores;

/// <summary>
/// What a store had given when it was last asked, kept apart from it: a store that knows of less is an older copy, of which nobody has said so.
/// </summary>
/// <param name="Epoch">That of the store.</param>
/// <param name="Written">When it was asked.</param>
/// <param name="Subscriptions">The last number of each.</param>
public sealed record RestoreMark(
    [property: JsonPropertyName("epoch")] long Epoch,
    [property: JsonPropertyName("written")] DateTimeOffset Written,
    [property: JsonPropertyName("subscriptions")] IReadOnlyList<MarkedSubscription> Subscriptions
)
{
    /// <summary>Of a store as it is.</summary>
    public static RestoreMark Of(StoreEpoch store, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(store);
        return new RestoreMark(
            store.Epoch,
            now,
            [.. store.Subscriptions.Select(s => new MarkedSubscription(s.Id, s.Authority.Value, s.LastNumber))]
        );
    }

    /// <summary>As it is kept.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, RestoreMarkJson.Default.RestoreMark);

    /// <summary>What <see cref="ToBytes"/> wrote; null for anything else.</summary>
    public static RestoreMark? TryRead(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return
                JsonSerializer.Deserialize(bytes, RestoreMarkJson.Default.RestoreMark)
                    is { Subscriptions: { } subscriptions } mark
                && subscriptions.All(s => s is { Id: not null, Authority: not null })
                ? mark
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What this mark knows and a store does not, in a few words; null where the store is not behind.</summary>
    public string? FindAhead(StoreEpoch store)
    {
        ArgumentNullException.ThrowIfNull(store);
        if (store.Epoch != Epoch)
            return store.Epoch > Epoch ? null : $"it was restored {Epoch} times, and this copy knows of {store.Epoch}";
        var known = store.Subscriptions.ToDictionary(s => s.Id, s => s.LastNumber, StringComparer.Ordinal);
        return Subscriptions.FirstOrDefault(s => s.Last > known.GetValueOrDefault(s.Id)) is { } ahead
            ? $"Subscription {ahead.Id} was given number {ahead.Last}, and this copy knows of {known.GetValueOrDefault(ahead.Id)}"
            : null;
    }

    /// <summary>The last number of a Subscription; 0 where the mark does not know it.</summary>
    public long LastOf(string subscriptionId) => Subscriptions.FirstOrDefault(s => s.Id == subscriptionId)?.Last ?? 0;
}

/// <summary>The last number of one Subscription.</summary>
/// <param name="Id">Which.</param>
/// <param name="Authority">Whose, as an ODS code.</param>
/// <param name="Last">The last number given.</param>
public sealed record MarkedSubscription(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("authority")] string Authority,
    [property: JsonPropertyName("last")] long Last
);

[JsonSerializable(typeof(RestoreMark))]
[JsonSourceGenerationOptions(WriteIndented = true)]
internal sealed partial class RestoreMarkJson : JsonSerializerContext;
