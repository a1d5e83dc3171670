using System.Text;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Storage.Sqlite.Connections;
using CpIs.Fhir.Storage.Sqlite.Records;

namespace CpIs.Fhir.Storage.Sqlite.Transfer;

/// <summary>
/// The search tokens of a copied store, made from its resources once all are there and written in the order of their table:
/// front to back, each page once. Row by row, each of a resource's eight tokens would touch a page of its own.
/// </summary>
internal static class DeferredTokens
{
    private const string StoredTokens = "stored_tokens";

    /// <summary>Writes them all, in place of what was there. One statement: a kill leaves all of it or none.</summary>
    public static void Write(Connection connection, RecordProtection protection)
    {
        connection.Define(
            StoredTokens,
            (type, authority, id, version, side) =>
            {
                var place = new ResourcePlace((RecordType)type, OdsCode.Parse(authority), id, (int)version);
                var tokens = SideValuesJson.ReadTokens(protection.Open(side, place.Side).Span);
                return Encoding.UTF8.GetString(JsonArray.Of(protection.Tokens(tokens)));
            }
        );
        connection.Run("DELETE FROM token");
        connection.Run(
            $"""
            INSERT OR IGNORE INTO token (type, authority, token, resource)
            SELECT r.type, r.authority, j.value, r.key FROM resource r
            CROSS JOIN json_each({StoredTokens}(r.type, r.authority, r.id, r.version, r.side)) j ORDER BY 1, 2, 3, 4
            """
        );
    }
}
