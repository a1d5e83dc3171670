using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Storage.MongoDb.Records;

/// <summary>
/// A search token as it lies in the one index of all tokens: owner and type first, so that an authority's search, also of a
/// prefix or a range, touches nothing of another's. One string, because engines differ in how well they use a compound index
/// over an array.
/// </summary>
internal static class StoredToken
{
    public static string Of(string authority, RecordType type, string token) => $"{authority} {(int)type} {token}";
}
