using CpIs.Fhir.Server.Admission;
using CpIs.Fhir.Server.Http;
using CpIs.Fhir.Server.Pages;
using CpIs.Fhir.Server.Security;

namespace CpIs.Fhir.Server.Demo.Trying;

/// <summary>
/// The page <c>/try</c>, under the demo only: requests as one of the synthetic clients, without a tool. It has no script: this server
/// sends the request to itself and shows the answer.
/// </summary>
internal static class TryEndpoints
{
    public const string Path = "/try";

    private static readonly Admits Senders = new()
    {
        Charge = Charge.Page,
        Body = new BodyLimit(1024 * 1024, TimeSpan.FromSeconds(10)),
        Refuse = static (context, refusal) =>
            Refused(refusal.Issues[0].Diagnostics, FhirResponse.StatusOf(refusal.Kind)).ExecuteAsync(context),
    };

    public static void MapTrying(this IEndpointRouteBuilder app)
    {
        app.MapRead(
                Path,
                (HttpContext context) =>
                    TryPage.Of(TryForm.Of(name => (string?)context.Request.Query[name] ?? null), null)
            )
            .Admit(Admits.Readers);
        app.MapPost(Path, SendAsync).Admit(Senders);
    }

    private static async Task<IResult> SendAsync(HttpContext context, ExchangeUrls urls, TimeProvider time)
    {
        // Another site could send the form in the name of whoever has this page open.
        if (IsFromElsewhere(context.Request, urls))
            return Refused("Another site sent this form. Fill it in here.", StatusCodes.Status403Forbidden);
        if (!context.Request.HasFormContentType)
            return Refused("Send the form of this page.", StatusCodes.Status415UnsupportedMediaType);
        var fields = await context.Request.ReadFormAsync(context.RequestAborted);
        var form = TryForm.Of(name => (string?)fields[name]);
        using var sender = new TrySender(urls, time);
        if (form.Chosen is null || !TryForm.Methods.Contains(form.Method) || sender.UrlOf(form) is not { } url)
            return Refused(
                "Choose a client and a method, and an address below the FHIR base.",
                StatusCodes.Status400BadRequest
            );
        try
        {
            return fields.ContainsKey("token")
                ? TryPage.Of(form, TryPage.Token(await sender.TokenAsync(form, context.RequestAborted)))
                : TryPage.Of(form, TryPage.Answer(await sender.SendAsync(form, url, context.RequestAborted)));
        }
        catch (HttpRequestException failed)
        {
            return Refused($"The request was not answered: {failed.Message}", StatusCodes.Status502BadGateway);
        }
    }

    private static bool IsFromElsewhere(HttpRequest request, ExchangeUrls urls)
    {
        // A name of somebody else's that leads here (DNS rebinding).
        if (
            request.Host.Host is not ("localhost" or "127.0.0.1" or "[::1]")
            && request.Host.Host != new Uri(urls.Root).Host
        )
            return true;
        // A browser that says where the form comes from hides its origin, as this page asks it to.
        return request.Headers["Sec-Fetch-Site"] is { Count: > 0 } site
            ? site.ToString() is not ("same-origin" or "none")
            : request.Headers.Origin is { Count: > 0 } origin && origin != $"{request.Scheme}://{request.Host}";
    }

    private static Page Refused(string why, int status) => TryPage.Of(TryForm.Empty, TryPage.Problem(why), status);
}
