using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Server.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace CpIs.Fhir.Server.Description;

/// <summary>What the description says of the exchange as a whole: what it is, where it is, how a token is got.</summary>
internal sealed class DocumentText(ExchangeUrls urls) : IOpenApiDocumentTransformer
{
    /// <summary>Name of the one security scheme.</summary>
    public const string Scheme = "oauth2";

    /// <inheritdoc />
    public Task TransformAsync(
        OpenApiDocument document,
        OpenApiDocumentTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        document.Info = new OpenApiInfo
        {
            Title = "Child Protection - Information Sharing over FHIR R4",
            Version = "R4",
            Description =
                "Synthetic data only: not approved for real data. The CapabilityStatement at /FHIR/R4/metadata says the same for FHIR clients, and the profiles at /profiles say what each resource holds. "
                + "A client gets its token with a signed assertion (private_key_jwt, SMART Backend Services).",
        };
        document.Servers = [new OpenApiServer { Url = urls.Root }];
        document.Tags = null;
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Scheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.OAuth2,
                Flows = new OpenApiOAuthFlows
                {
                    ClientCredentials = new OpenApiOAuthFlow
                    {
                        TokenUrl = new Uri(urls.Token),
                        Scopes = Enum.GetValues<CallerKind>()
                            .SelectMany(kind => SmartScopes.Of(kind).Select(scope => (scope, kind)))
                            .GroupBy(each => each.scope)
                            .ToDictionary(
                                scope => scope.Key,
                                scope => "For " + string.Join(", ", scope.Select(each => Texts.Of(each.kind)))
                            ),
                    },
                },
            },
        };
        return Task.CompletedTask;
    }
}
