using System.Text;

namespace CpIs.Fhir.Server.Pages;

/// <summary>
/// A page for people: header, footer and style of the NHS design system around some content. No script, nothing from elsewhere,
/// and nothing that a page shows can make it fetch anything.
/// </summary>
/// <param name="title">In the browser's tab, before the name of the service.</param>
/// <param name="content">What is in the main part; its first heading is an h1.</param>
/// <param name="status">HTTP status.</param>
/// <param name="above">What stands between the menu and the main part, such as the way back.</param>
internal sealed class Page(string title, Html content, int status = StatusCodes.Status200OK, Html? above = null)
    : IResult
{
    private const string Policy =
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private static readonly (string Path, string Name)[] Places =
    [
        ("/profiles", "Profiles"),
        ("/validate", "Validate"),
    ];

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        var body = Encoding.UTF8.GetBytes(Whole(httpContext.Request.Path).Markup);
        response.StatusCode = status;
        response.ContentType = "text/html; charset=utf-8";
        response.ContentLength = body.Length;
        response.Headers.ContentSecurityPolicy = Policy;
        return HttpMethods.IsHead(httpContext.Request.Method)
            ? Task.CompletedTask
            : response.Body.WriteAsync(body, httpContext.RequestAborted).AsTask();
    }

    private Html Whole(string path) =>
        Html.Of(
            $"""
            <!DOCTYPE html>
            <html lang="en" class="nhsuk-template">
            <head>
            <meta charset="utf-8">
            <title>{title} - CP-IS exchange</title>
            <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
            <link rel="stylesheet" href="/assets/nhsuk-frontend.css">
            <link rel="stylesheet" href="/assets/cpis.css">
            <link rel="icon" href="/assets/favicon.svg" type="image/svg+xml">
            </head>
            <body class="nhsuk-template__body">
            <a class="nhsuk-skip-link" href="#maincontent">Skip to main content</a>
            <header class="nhsuk-header" role="banner">
            <div class="nhsuk-header__container nhsuk-width-container">
            <div class="nhsuk-header__service"><a class="nhsuk-header__service-logo" href="/"><span class="nhsuk-header__service-name">CP-IS exchange</span></a></div>
            </div>
            <nav class="nhsuk-header__navigation" aria-label="Menu">
            <div class="nhsuk-header__navigation-container nhsuk-width-container">
            <ul class="nhsuk-header__navigation-list">{Html.Join(Places.Select(place => Link(place, path)))}</ul>
            </div>
            </nav>
            </header>
            <div class="nhsuk-width-container">
            {above}
            <main class="nhsuk-main-wrapper" id="maincontent">
            {content}
            </main>
            </div>
            <footer class="nhsuk-footer" role="contentinfo">
            <div class="nhsuk-width-container">
            <p class="nhsuk-body-s nhsuk-u-margin-bottom-0">Synthetic data only: this software is not approved for real data, and it is not a service of the NHS.</p>
            </div>
            </footer>
            </body>
            </html>

            """
        );

    private static Html Link((string Path, string Name) place, string path) =>
        Html.Of(
            $"""<li class="nhsuk-header__navigation-item"><a class="nhsuk-header__navigation-link" href="{place.Path}"{Current(place.Path, path)}>{place.Name}</a></li>"""
        );

    // The page itself, or one below it.
    private static Html Current(string place, string path) =>
        place == path ? new Html(" aria-current=\"page\"")
        : path.StartsWith(place + "/", StringComparison.Ordinal) ? new Html(" aria-current=\"true\"")
        : Html.None;
}
