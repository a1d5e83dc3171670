using System.Text.Json;
using System.Text.Json.Serialization;
using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Core.Records;

/// <summary>
/// What lies next to the body of a <see cref="StoredResource"/> (plan, date of birth, terms of a Subscription, tokens)
/// as one small document, written alike by every store. What a store must select by is next to it in columns or fields.
/// </summary>
public static class SideValuesJson
{
    /// <summary>The document, UTF-8.</summary>
    /// <param name="resource">Whose.</param>
    /// <param name="withKeys">
    /// True to put child and identity into it too, for a store that keeps next to it only what they are found by.
    /// </param>
    public static byte[] Write(StoredResource resource, bool withKeys = false) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new SideValues
            {
                Child = withKeys ? resource.Child?.Digits : null,
                Identity = withKeys ? resource.Identity : null,
                Plan = resource.Plan,
                BirthDate = resource.BirthDate,
                Stamp = resource.Stamp,
                OverriddenForm = resource.OverriddenForm,
                Subscription = resource.Subscription,
                IsDeleted = resource.IsDeleted,
                Tokens = resource.Tokens.Count == 0 ? null : resource.Tokens,
            },
            SideValuesJsonContext.Default.SideValues
        );

    /// <summary>Puts what <see cref="Write"/> wrote back next to a resource; child and identity where they are in it.</summary>
    /// <exception cref="JsonException">It is no such document.</exception>
    public static StoredResource AddTo(StoredResource resource, ReadOnlySpan<byte> document)
    {
        var values = SideValuesReader.Read(document);
        return resource with
        {
            Child = values.Child is { } child ? NhsNumber.Parse(child) : resource.Child,
            Identity = values.Identity ?? resource.Identity,
            Plan = values.Plan,
            BirthDate = values.BirthDate,
            Stamp = values.Stamp,
            OverriddenForm = values.OverriddenForm,
            Subscription = values.Subscription,
            IsDeleted = values.IsDeleted,
            Tokens = values.Tokens ?? [],
        };
    }

    /// <summary>The tokens alone.</summary>
    /// <exception cref="JsonException">It is no such document.</exception>
    public static IReadOnlyList<string> ReadTokens(ReadOnlySpan<byte> document) =>
        SideValuesReader.Read(document).Tokens ?? [];
}

internal sealed class SideValues
{
    [JsonPropertyName("n")]
    public string? Child { get; set; }

    [JsonPropertyName("y")]
    public string? Identity { get; set; }

    [JsonPropertyName("p")]
    public Plan? Plan { get; set; }

    [JsonPropertyName("b")]
    public DateOnly? BirthDate { get; set; }

    [JsonPropertyName("u")]
    public UploadStamp? Stamp { get; set; }

    [JsonPropertyName("f")]
    public OverriddenForm? OverriddenForm { get; set; }

    [JsonPropertyName("s")]
    public SubscriptionTerms? Subscription { get; set; }

    [JsonPropertyName("d")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsDeleted { get; set; }

    [JsonPropertyName("t")]
    public IReadOnlyList<string>? Tokens { get; set; }
}

[JsonSourceGenerationOptions(
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    IgnoreReadOnlyProperties = true
)]
[JsonSerializable(typeof(SideValues))]
internal sealed partial class SideValuesJsonContext : JsonSerializerContext;
