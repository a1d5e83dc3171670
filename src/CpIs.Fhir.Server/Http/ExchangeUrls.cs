using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace CpIs.Fhir.Server.Http;

/// <summary>The URLs under which the exchange is reached, known once the server listens.</summary>
/// <param name="server">Tells the listening address where no public URL is configured.</param>
/// <param name="configured">Option <c>PublicBaseUrl</c>.</param>
internal sealed class ExchangeUrls(IServer server, string configured)
{
    /// <summary>Path of the FHIR base.</summary>
    public const string FhirPath = "/FHIR/R4";

    private string? _fhirBase;

    /// <summary>FHIR base without trailing slash, such as <c>http://127.0.0.1:8080/FHIR/R4</c>.</summary>
    public string FhirBase => _fhirBase ??= configured.Length > 0 ? configured.TrimEnd('/') : Listening() + FhirPath;

    /// <summary>What the FHIR base stands on: where <c>/oauth2/token</c> and <c>/.well-known</c> are.</summary>
    public string Root =>
        FhirBase.EndsWith(FhirPath, StringComparison.Ordinal) ? FhirBase[..^FhirPath.Length] : FhirBase;

    /// <summary>Who says what is in an access token: its claim <c>iss</c>.</summary>
    public string Issuer => new Uri(Root).AbsoluteUri;

    /// <summary>URL of the token endpoint, the audience of client assertions.</summary>
    public string Token => Root + "/oauth2/token";

    private string Listening() =>
        server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault()?.TrimEnd('/')
        ?? throw new InvalidOperationException("The server does not listen yet, and PublicBaseUrl is not configured.");
}
