using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Server.Http;

/// <summary>For requests that are no search: they take <c>_format</c> and <c>_pretty</c>, and refuse every other parameter.</summary>
internal static class AnswerParameters
{
    /// <summary>Refuses before the endpoint runs.</summary>
    /// <param name="endpoint">The endpoint, or a group of them.</param>
    /// <param name="use">What is done, for the refusal: <c>reading Flag</c>.</param>
    public static TBuilder TakesOnlyAnswerParameters<TBuilder>(this TBuilder endpoint, string use)
        where TBuilder : IEndpointConventionBuilder => endpoint.Takes(ParameterTable.Plain(use));

    /// <summary>Refuses before the endpoint runs what is no parameter of a read; a part of the resource may be asked for.</summary>
    /// <param name="endpoint">The endpoint, or a group of them.</param>
    /// <param name="type">The resource type read.</param>
    /// <param name="own">What else the read takes.</param>
    public static TBuilder TakesParametersOfRead<TBuilder>(
        this TBuilder endpoint,
        string type,
        params IReadOnlyList<Parameter> own
    )
        where TBuilder : IEndpointConventionBuilder => endpoint.Takes(ParameterTable.Read(type, own));

    private static TBuilder Takes<TBuilder>(this TBuilder endpoint, ParameterTable table)
        where TBuilder : IEndpointConventionBuilder =>
        endpoint.AddEndpointFilter(
            (context, next) =>
                SearchInput.FromUrl(context.HttpContext, table).IsRefused(out var refusal, out var asked)
                    ? new ValueTask<object?>(FhirResults.Refused(refusal))
                    : Next(context, next, asked)
        );

    private static ValueTask<object?> Next(
        EndpointFilterInvocationContext context,
        EndpointFilterDelegate next,
        AskedParameters asked
    )
    {
        context.HttpContext.AnswerWith(asked);
        return next(context);
    }
}
