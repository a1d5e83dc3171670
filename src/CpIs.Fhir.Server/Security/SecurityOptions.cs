using System.ComponentModel.DataAnnotations;
using CpIs.Fhir.Core.Callers;

namespace CpIs.Fhir.Server.Security;

/// <summary>Section <c>Security</c>: who may call, and how often.</summary>
public sealed record SecurityOptions
{
    /// <summary>The operator that is registered at start while none is; there is no default one.</summary>
    public FirstOperatorOptions? FirstOperator { get; init; }

    /// <summary>Issuers besides the exchange's own token endpoint whose access tokens are accepted, such as CIS2.</summary>
    public IReadOnlyList<IssuerOptions> Issuers { get; init; } = [];

    /// <summary>How many requests are answered before 429.</summary>
    public LimitOptions Limits { get; init; } = new();
}

/// <summary>Section <c>Security:FirstOperator</c>: registers the first operator by its public key, so that no secret is ever a default.</summary>
public sealed record FirstOperatorOptions
{
    /// <summary>The <c>client_id</c> of the operator's client.</summary>
    [Required, StringLength(128, MinimumLength = 1)]
    public string ClientId { get; init; } = "";

    /// <summary>ODS code of the organisation that runs the exchange.</summary>
    [
        Required,
        RegularExpression("^[A-Z0-9]{3,12}$", ErrorMessage = "An ODS code is 3 to 12 capital letters and digits.")
    ]
    public string OrganisationCode { get; init; } = "";

    /// <summary>Its name.</summary>
    [Required, StringLength(140, MinimumLength = 1)]
    public string OrganisationName { get; init; } = "";

    /// <summary>A file with the public JWK, or JWK Set, of the client. A file with a private key is refused.</summary>
    [Required]
    public string PublicKeyFile { get; init; } = "";
}

/// <summary>
/// Section <c>Security:Issuers[]</c>: an issuer whose access tokens are accepted. The client that a token names must be
/// registered here, and the registration decides its organisation.
/// </summary>
public sealed record IssuerOptions
{
    /// <summary>The claim <c>iss</c>, to the letter.</summary>
    [Required]
    public string Issuer { get; init; } = "";

    /// <summary>The claim <c>aud</c> that tokens for this exchange carry; empty for <c>PublicBaseUrl</c>.</summary>
    public string Audience { get; init; } = "";

    /// <summary>Where the issuer's discovery document lies (without <c>/.well-known/...</c>); or give <see cref="JwksUri"/>.</summary>
    public string Authority { get; init; } = "";

    /// <summary>Where its keys lie, for an issuer without a discovery document.</summary>
    public string JwksUri { get; init; } = "";

    /// <summary>Signature algorithms accepted; asymmetric ones only. Default RS256, RS384, RS512, PS256, ES256, ES384.</summary>
    public IReadOnlyList<string> Algorithms { get; init; } = [];

    /// <summary>Kinds of clients that may come with such tokens; default settings only.</summary>
    public IReadOnlyList<CallerKind> Kinds { get; init; } = [];

    /// <summary>Where its tokens say who acts.</summary>
    public ClaimMapping Claims { get; init; } = new();
}

/// <summary>Section <c>Security:Limits</c>: token buckets. A bucket fills at a rate up to its burst.</summary>
public sealed record LimitOptions
{
    /// <summary>Requests a second of one client; default 50.</summary>
    [Range(1, 1_000_000)]
    public int ClientPerSecond { get; init; } = 50;

    /// <summary>Requests of one client at once; default 100.</summary>
    [Range(1, 1_000_000)]
    public int ClientBurst { get; init; } = 100;

    /// <summary>Requests a second of one person; default 10.</summary>
    [Range(1, 1_000_000)]
    public int PersonPerSecond { get; init; } = 10;

    /// <summary>Requests of one person at once; default 20.</summary>
    [Range(1, 1_000_000)]
    public int PersonBurst { get; init; } = 20;

    /// <summary>Access tokens a second for one client; default 5.</summary>
    [Range(1, 1_000_000)]
    public int TokensPerSecond { get; init; } = 5;

    /// <summary>Access tokens for one client at once; default 50.</summary>
    [Range(1, 1_000_000)]
    public int TokenBurst { get; init; } = 50;

    /// <summary>Token requests a second from one network address, before anything is verified; default 50.</summary>
    [Range(1, 1_000_000)]
    public int AddressPerSecond { get; init; } = 50;

    /// <summary>Token requests from one network address at once; default 200.</summary>
    [Range(1, 1_000_000)]
    public int AddressBurst { get; init; } = 200;

    /// <summary>Resources a second that one network address validates on the page <c>/validate</c>; default 2.</summary>
    [Range(1, 1_000_000)]
    public int PagePerSecond { get; init; } = 2;

    /// <summary>Resources from one network address at once on that page; default 20.</summary>
    [Range(1, 1_000_000)]
    public int PageBurst { get; init; } = 20;

    /// <summary>Profiles and pages about them a second that one network address reads without a token; default 50.</summary>
    [Range(1, 1_000_000)]
    public int ReaderPerSecond { get; init; } = 50;

    /// <summary>Of those, how many at once; default 500.</summary>
    [Range(1, 1_000_000)]
    public int ReaderBurst { get; init; } = 500;

    /// <summary>So high that they never answer: for a bench on one machine.</summary>
    public static readonly LimitOptions Raised = new()
    {
        ClientPerSecond = 1_000_000,
        ClientBurst = 1_000_000,
        PersonPerSecond = 1_000_000,
        PersonBurst = 1_000_000,
        TokensPerSecond = 1_000_000,
        TokenBurst = 1_000_000,
        AddressPerSecond = 1_000_000,
        AddressBurst = 1_000_000,
        PagePerSecond = 1_000_000,
        PageBurst = 1_000_000,
        ReaderPerSecond = 1_000_000,
        ReaderBurst = 1_000_000,
    };
}
