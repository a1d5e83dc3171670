using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Server.Http;

/// <summary>For requests that are no search: they take <c>_format</c> and <c>_pretty</c>, and refuse every other parameter.</summary>
internal static class AnswerParameters
{
    /// <summary>Refuses before the endpoint runs.</summary>
    /// <param name="endpoint">The endpoint, or a group of them.</param>
    /// <param name="use">What is done, for the refusal: <c>reading Flag</c>.</param>
    public static TBuilder TakesOnlyAnswerParameters<TBuilder>(this TBuilder endpoint, string use)
        where TBuilder : IEndpointConventionBuilder
    {
        var table = ParameterTable.Plain(use);
        return endpoint.AddEndpointFilter(
            (context, next) =>
                SearchInput.FromUrl(context.HttpContext, table).IsRefused(out var refusal, out _)
                    ? new ValueTask<object?>(FhirResults.Refused(refusal))
                    : next(context)
        );
    }
}
