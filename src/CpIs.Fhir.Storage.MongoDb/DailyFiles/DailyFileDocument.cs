using System.Globalization;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.DailyFiles;
using CpIs.Fhir.Core.Protection;
using MongoDB.Bson;

namespace CpIs.Fhir.Storage.MongoDb.DailyFiles;

/// <summary>
/// A daily file: <c>_id</c>, authority <c>a</c>, when it began to arrive <c>t</c>, whether it waits <c>o</c> and then once more the authority <c>w</c>, revision <c>v</c>, and all of it
/// sealed, <c>b</c>. A slice: file <c>f</c> and records <c>b</c>. A result: file <c>f</c>, number <c>n</c>, and what became of it, <c>b</c>.
/// </summary>
internal static class DailyFileDocument
{
    public static BsonDocument Write(DailyFile file, RecordProtection protection)
    {
        var document = new BsonDocument
        {
            { "_id", file.Id },
            { "a", file.Authority },
            { "t", file.Received.UtcDateTime },
            { "o", file.Waits },
            { "v", file.Revision },
            { "b", protection.Seal(file).ToArray() },
        };
        if (file.Waits)
            document.Add("w", file.Authority);
        return document;
    }

    public static DailyFile Read(BsonDocument document, RecordProtection protection) =>
        protection.OpenFile(document["_id"].AsString, document["b"].AsByteArray);

    public static string IdOfSlice(string fileId, string batch, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{fileId}\n{batch}\n{number}");

    public static BsonDocument Write(RecordResult result, RecordProtection protection) =>
        new()
        {
            { "_id", string.Create(CultureInfo.InvariantCulture, $"{result.FileId}\n{result.Number}") },
            { "f", result.FileId },
            { "n", result.Number },
            { "b", protection.Seal(result).Body.ToArray() },
        };

    public static RecordResult ReadResult(BsonDocument document, RecordProtection protection) =>
        protection.Open(new RecordResult(document["f"].AsString, document["n"].ToInt32(), document["b"].AsByteArray));
}
