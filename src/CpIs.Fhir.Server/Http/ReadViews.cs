using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Reads;

namespace CpIs.Fhir.Server.Http;

/// <summary>What a request is about to show, for the record.</summary>
internal static class ReadViews
{
    /// <summary>One resource, read by its address.</summary>
    public static ReadView Of(HttpContext context, string path, NhsNumber? child) =>
        Of(context, path, [], [(path, child)]);

    /// <summary>A page of a search.</summary>
    public static ReadView Of(
        HttpContext context,
        string path,
        IReadOnlyList<KeyValuePair<string, string>> parameters,
        IReadOnlyList<(string Reference, NhsNumber? Child)> shown
    ) =>
        new()
        {
            Caller = context.Caller(),
            Path = path,
            Parameters = parameters,
            RequestId = context.Identity().RequestId,
            CorrelationId = context.Identity().CorrelationId,
            Shown = shown,
        };
}
