using CpIs.Fhir.Core;
using CpIs.Fhir.Core.DailyFiles;
using CpIs.Fhir.Core.Holdings;
using CpIs.Fhir.Core.Reads;
using CpIs.Fhir.Server.Admission;
using CpIs.Fhir.Server.Http;
using Microsoft.Net.Http.Headers;

namespace CpIs.Fhir.Server.Holdings;

/// <summary>
/// <c>$holdings</c>: everything that the server holds of an authority, for that authority. A record on each line, as <c>$upload</c> takes them; or a
/// table for a spreadsheet.
/// </summary>
internal static class HoldingsEndpoints
{
    private const string Path = "$holdings";
    private const string Ndjson = "application/fhir+ndjson";

    private static readonly Admits Owners = Admits.Only(Guest.Authority("system/$holdings")) with { IsFhir = false };

    public static void MapHoldings(this IEndpointRouteBuilder fhir) =>
        fhir.MapGroup("").TakesOnlyAnswerParameters("$holdings").MapGet("/" + Path, ReadAsync).Admit(Owners);

    private static async Task<IResult> ReadAsync(HttpContext context, HoldingsWalk holdings, RecordedReads reads)
    {
        if (IsTable(context.Request).IsRefused(out var refusal, out var isTable))
            return FhirResults.Refused(refusal);
        // Before the first record is shown.
        await reads.RecordAsync(ReadViews.Of(context, Path, [], []) with { IsOfAll = true }, context.RequestAborted);
        var all = holdings.AllAsync(context.Caller().Organisation, context.RequestAborted);
        return isTable
            ? Streamed.Table(HoldingsTable.Header, all.Select(HoldingsTable.RowsOf))
            : new Streamed(Ndjson, all.Select(Line));
    }

    private static ReadOnlyMemory<byte> Line(HeldChild child) => new([.. HeldRecord.Line(child).Span, (byte)'\n']);

    /// <summary>True for a table, false for a record on each line; or 406.</summary>
    private static Result<bool> IsTable(HttpRequest request)
    {
        if (request.Headers.Accept is not { Count: > 0 } accept)
            return false;
        if (MediaTypeHeaderValue.TryParseList(accept, out var types))
            foreach (var type in types.Where(type => type.Quality != 0).OrderByDescending(type => type.Quality ?? 1))
                if (type.MediaType.Equals("text/csv", StringComparison.OrdinalIgnoreCase))
                    return true;
                else if (
                    type.MatchesAllTypes
                    || type.MediaType.Equals("application/*", StringComparison.OrdinalIgnoreCase)
                    || type.MediaType.EndsWith("ndjson", StringComparison.OrdinalIgnoreCase)
                )
                    return false;
        return Refusal.Because(
            RefusalKind.NotAcceptable,
            new Issue(
                "not-supported",
                $"What you hold comes as {Ndjson} (a record on each line) or text/csv. Send one of them in Accept.",
                "http.Accept"
            )
        );
    }
}
