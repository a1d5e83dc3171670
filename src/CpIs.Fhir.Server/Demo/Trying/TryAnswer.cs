namespace CpIs.Fhir.Server.Demo.Trying;

/// <summary>What came back of a request that was tried.</summary>
/// <param name="Request">Method and URL as they were sent.</param>
/// <param name="Status">HTTP status and its words.</param>
/// <param name="Headers">One a line.</param>
/// <param name="Body">Laid out where it is JSON.</param>
internal sealed record TryAnswer(string Request, string Status, string Headers, string Body);
