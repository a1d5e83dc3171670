using System.Globalization;
using CpIs.Fhir.Core;
using Microsoft.AspNetCore;
using OpenIddict.Server;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace CpIs.Fhir.Server.Security;

/// <summary>OAuth knows no "too many requests": gives such an error its HTTP status 429 and Retry-After.</summary>
internal sealed class TooManyTokens : IOpenIddictServerHandler<ApplyTokenResponseContext>
{
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor
            .CreateBuilder<ApplyTokenResponseContext>()
            .UseSingletonHandler<TooManyTokens>()
            .SetOrder(
                OpenIddictServerAspNetCoreHandlers.AttachHttpResponseCode<ApplyTokenResponseContext>.Descriptor.Order
                    + 500
            )
            .SetType(OpenIddictServerHandlerType.Custom)
            .Build();

    /// <inheritdoc />
    public ValueTask HandleAsync(ApplyTokenResponseContext context)
    {
        var http = context.Transaction.GetHttpRequest()?.HttpContext;
        if (http?.Features.Get<Mark>() is { Refusal.RetryAfter: var wait })
        {
            http.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            http.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling((wait ?? default).TotalSeconds))
                .ToString(CultureInfo.InvariantCulture);
        }

        return default;
    }

    /// <summary>Says that the request was one too many.</summary>
    internal sealed record Mark(Refusal Refusal);
}
