namespace CpIs.Fhir.Server.Admission;

/// <summary>How routes say whom they admit.</summary>
internal static class AdmissionEndpoints
{
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Whom this endpoint, or each of the group, admits. The statement nearest to the endpoint counts.</summary>
    public static TBuilder Admit<TBuilder>(this TBuilder builder, Admits admits)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(admits);

    /// <summary>Callers of these kinds only, of a FHIR endpoint.</summary>
    public static TBuilder Admit<TBuilder>(this TBuilder builder, params IReadOnlyList<Guest> guests)
        where TBuilder : IEndpointConventionBuilder => builder.Admit(Admits.Only(guests));

    /// <summary>GET, and HEAD as GET without a body.</summary>
    public static RouteHandlerBuilder MapRead(this IEndpointRouteBuilder routes, string pattern, Delegate handler) =>
        routes.MapMethods(pattern, Reading, handler);

    /// <summary>Deny by default: called when everything is mapped.</summary>
    /// <exception cref="InvalidOperationException">An endpoint does not say whom it admits.</exception>
    public static void RequireStatements(this IEndpointRouteBuilder routes)
    {
        foreach (var endpoint in routes.DataSources.SelectMany(source => source.Endpoints))
            if (endpoint.Metadata.GetMetadata<Admits>() is null)
                throw new InvalidOperationException($"{endpoint.DisplayName} does not say whom it admits.");
    }
}
