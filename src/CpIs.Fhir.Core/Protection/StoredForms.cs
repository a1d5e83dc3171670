using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.DailyFiles;
using CpIs.Fhir.Core.Keys;
using CpIs.Fhir.Core.Occurrences;

namespace CpIs.Fhir.Core.Protection;

/// <summary>
/// What the store ports hand over, in the form in which every store keeps it: each part that could name somebody is sealed for
/// the place where it lies, the rest is as it was.
/// </summary>
public static class StoredForms
{
    /// <summary>The hash too: it is of the whole request, and a request can be guessed.</summary>
    public static IdempotentAnswer Seal(this RecordProtection protection, IdempotentAnswer answer) =>
        answer with
        {
            BodyHash = protection.Seal(answer.BodyHash, null, PlaceOf(answer, "hash")),
            Body = protection.Seal(answer.Body, null, PlaceOf(answer, "body")),
        };

    /// <inheritdoc cref="RecordProtection.Open" />
    public static IdempotentAnswer Open(this RecordProtection protection, IdempotentAnswer stored) =>
        stored with
        {
            BodyHash = protection.Open(stored.BodyHash, PlaceOf(stored, "hash")),
            Body = protection.Open(stored.Body, PlaceOf(stored, "body")),
        };

    /// <summary>Whole, because a device's registration names the person who is behind it.</summary>
    public static Registration Seal(this RecordProtection protection, Registration registration) =>
        registration with
        {
            Json = protection.Seal(registration.Json, null, PlaceOf(registration)),
        };

    /// <inheritdoc cref="RecordProtection.Open" />
    public static Registration Open(this RecordProtection protection, Registration stored) =>
        stored with
        {
            Json = protection.Open(stored.Json, PlaceOf(stored)),
        };

    /// <summary>With its secret sealed: whoever has it can sign as the exchange.</summary>
    public static SigningKey Seal(this RecordProtection protection, SigningKey key) =>
        key with
        {
            Secret = protection.Seal(key.Secret, null, PlaceOf(key)),
        };

    /// <inheritdoc cref="RecordProtection.Open" />
    public static SigningKey Open(this RecordProtection protection, SigningKey stored) =>
        stored with
        {
            Secret = protection.Open(stored.Secret, PlaceOf(stored)),
        };

    /// <summary>The document of an occurrence.</summary>
    public static ReadOnlyMemory<byte> Seal(this RecordProtection protection, Occurrence occurrence) =>
        protection.Seal(OccurrenceJson.Write(occurrence), occurrence.Child, PlaceOfOccurrence(occurrence.Id));

    /// <inheritdoc cref="RecordProtection.Open" />
    public static Occurrence OpenOccurrence(this RecordProtection protection, string id, ReadOnlyMemory<byte> stored) =>
        OccurrenceJson.Read(protection.Open(stored, PlaceOfOccurrence(id)).Span);

    /// <summary>Whole, because it names the person who sent it.</summary>
    public static ReadOnlyMemory<byte> Seal(this RecordProtection protection, DailyFile file) =>
        protection.Seal(DailyFileJson.Write(file), null, PlaceOfFile(file.Id));

    /// <inheritdoc cref="RecordProtection.Open" />
    public static DailyFile OpenFile(this RecordProtection protection, string id, ReadOnlyMemory<byte> stored) =>
        DailyFileJson.ReadFile(protection.Open(stored, PlaceOfFile(id)).Span);

    /// <summary>Records of children that wait to be worked on.</summary>
    public static ReadOnlyMemory<byte> SealSlice(
        this RecordProtection protection,
        string fileId,
        string batch,
        int number,
        ReadOnlyMemory<byte> records
    ) => protection.Seal(records, null, PlaceOfSlice(fileId, batch, number));

    /// <inheritdoc cref="RecordProtection.Open" />
    public static ReadOnlyMemory<byte> OpenSlice(
        this RecordProtection protection,
        string fileId,
        string batch,
        int number,
        ReadOnlyMemory<byte> stored
    ) => protection.Open(stored, PlaceOfSlice(fileId, batch, number));

    /// <summary>With the ids that the authority gave.</summary>
    public static RecordResult Seal(this RecordProtection protection, RecordResult result) =>
        result with
        {
            Body = protection.Seal(result.Body, null, PlaceOf(result)),
        };

    /// <inheritdoc cref="RecordProtection.Open" />
    public static RecordResult Open(this RecordProtection protection, RecordResult stored) =>
        stored with
        {
            Body = protection.Open(stored.Body, PlaceOf(stored)),
        };

    private static string PlaceOf(RecordResult result) => $"daily_result/{result.FileId}/{result.Number}";

    private static string PlaceOfFile(string id) => $"daily_file/{id}";

    private static string PlaceOfSlice(string fileId, string batch, int number) =>
        $"daily_slice/{fileId}/{batch}/{number}";

    private static string PlaceOf(IdempotentAnswer answer, string part) =>
        $"answer/{answer.ClientId}/{answer.RequestId}/{part}";

    private static string PlaceOf(Registration registration) => $"registration/{registration.Kind}/{registration.Id}";

    private static string PlaceOf(SigningKey key) => $"signing_key/{key.Purpose}/{key.Id}";

    private static string PlaceOfOccurrence(string id) => $"occurrence/{id}";
}
