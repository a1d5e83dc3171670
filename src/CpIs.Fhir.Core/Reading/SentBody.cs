namespace CpIs.Fhir.Core.Reading;

/// <summary>A body that could be read as a resource.</summary>
/// <param name="Root">The resource, as it was sent.</param>
/// <param name="Judge">Says everything that its profile finds wrong; nothing when it conforms.</param>
public sealed record SentBody(ISentElement Root, Func<IReadOnlyList<Finding>> Judge);

/// <summary>One thing that is wrong with what was sent.</summary>
/// <param name="Kind">Decides the HTTP status together with the others.</param>
/// <param name="Issue">What is wrong and where.</param>
public sealed record Finding(RefusalKind Kind, Issue Issue);
