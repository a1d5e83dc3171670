using CpIs.Fhir.Core;
using CpIs.Fhir.Server.Http;
using Microsoft.Net.Http.Headers;

namespace CpIs.Fhir.Server.DailyFiles;

/// <summary>In which form a daily file is answered.</summary>
internal enum AnswerForm
{
    /// <summary>CPIS-DailyFileResponse, as FHIR JSON or XML.</summary>
    Fhir,

    /// <summary>An OperationOutcome with every fault (<c>Prefer: return=OperationOutcome</c>).</summary>
    Outcome,

    /// <summary>A table for a spreadsheet.</summary>
    Csv,

    /// <summary>A page for a person.</summary>
    Page,
}

/// <summary>Reads <c>Accept</c> and <c>Prefer</c>.</summary>
internal static class AnswerForms
{
    /// <summary>True where the sender does not wait (<c>Prefer: respond-async</c>; FHIR R4 async).</summary>
    public static bool PrefersAsync(this HttpRequest request) =>
        request.Headers.GetCommaSeparatedValues("Prefer").Any(wish => wish.Split(';')[0].Trim() == "respond-async");

    /// <summary>The form that is liked best, or 406.</summary>
    public static Result<AnswerForm> Of(HttpRequest request)
    {
        var fhir = request.Return() == Preference.OperationOutcome ? AnswerForm.Outcome : AnswerForm.Fhir;
        if (
            request.Query.ContainsKey("_format")
            || !MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var types)
        )
            return fhir;
        foreach (var type in types.OrderByDescending(type => type.Quality ?? 1))
            if (type.MediaType.Equals("text/csv", StringComparison.OrdinalIgnoreCase))
                return AnswerForm.Csv;
            else if (type.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase))
                return AnswerForm.Page;
            else if (
                type.MatchesAllTypes || type.MediaType.StartsWith("application/", StringComparison.OrdinalIgnoreCase)
            )
                break;
        return MediaTypes.Accepted(request) is null
            ? Refusal.Because(
                RefusalKind.NotAcceptable,
                new Issue(
                    "not-supported",
                    "Answers are application/fhir+json, application/fhir+xml, text/csv or text/html. Send one of them in Accept.",
                    "http.Accept"
                )
            )
            : fhir;
    }
}
