namespace CpIs.Fhir.Core.Reading;

/// <summary>A body that could be read as a resource.</summary>
/// <param name="Root">The resource, as it was sent.</param>
/// <param name="Judge">Says everything that its profile finds wrong; nothing when it conforms.</param>
public sealed record SentBody(ISentElement Root, Func<IReadOnlyList<Finding>> Judge);

/// <summary>One thing that is wrong with what was sent.</summary>
/// <param name="Kind">Decides the HTTP status together with the others.</param>
/// <param name="Issue">What is wrong and where.</param>
public sealed record Finding(RefusalKind Kind, Issue Issue)
{
    /// <summary>Everything that was found, as one refusal: 400 where something breaks FHIR itself, else 422.</summary>
    public static Refusal Refuse(IReadOnlyCollection<Finding> found) =>
        new(
            found.Any(each => each.Kind == RefusalKind.Malformed) ? RefusalKind.Malformed : RefusalKind.Rule,
            [.. found.Select(each => each.Issue)]
        );
}
