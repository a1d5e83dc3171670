using CpIs.Fhir.Conformance.Capabilities;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Server.Description;
using CpIs.Fhir.Server.Http;
using CpIs.Fhir.Server.Pages;

namespace CpIs.Fhir.Server.Demo.Trying;

/// <summary>The page <c>/try</c>: a form, what came of it, and what can be tried.</summary>
internal static class TryPage
{
    /// <summary>The page.</summary>
    /// <param name="form">What is filled in.</param>
    /// <param name="result">What came of it; null where nothing was sent yet.</param>
    /// <param name="status">HTTP status.</param>
    public static Page Of(TryForm form, Html? result, int status = StatusCodes.Status200OK) =>
        new(
            form == TryForm.Empty ? "Try it" : $"{form.Method} {form.Address} - Try it",
            Html.Of(
                $"""
                <h1 class="nhsuk-heading-l">Try the exchange</h1>
                <p>Send a request as one of the synthetic clients of this demo. Nobody shown here exists. Tools can read <a href="/openapi.json">the same list as OpenAPI 3.1</a>.</p>
                {result}
                {Fields(form)}
                <h2 class="nhsuk-heading-m">What there is</h2>
                {Table()}
                """
            ),
            status
        );

    /// <summary>An access token, and what is done with it.</summary>
    public static Html Token(string token) =>
        Html.Of(
            $"""
            <h2 class="nhsuk-heading-m" id="token">Access token</h2>
            <p>It is valid for five minutes. Send it as <code>Authorization: Bearer ...</code></p>
            <pre class="cpis-text cpis-scroll" tabindex="0" aria-labelledby="token">{token}</pre>
            """
        );

    /// <summary>A request that was answered, whatever the answer.</summary>
    public static Html Answer(TryAnswer answer) =>
        Html.Of(
            $"""
            <h2 class="nhsuk-heading-m" id="answer">{answer.Status}</h2>
            <p><code>{answer.Request}</code></p>
            <pre class="cpis-text cpis-scroll" tabindex="0" aria-labelledby="answer">{answer.Headers}

            {answer.Body}</pre>
            """
        );

    /// <summary>What is wrong with what was filled in.</summary>
    public static Html Problem(string why) =>
        Html.Of(
            $"""
            <div class="nhsuk-error-summary"><div role="alert">
            <h2 class="nhsuk-error-summary__heading">There is a problem</h2>
            <div class="nhsuk-error-summary__body"><ul class="nhsuk-list nhsuk-error-summary__list"><li><a href="#address">{why}</a></li></ul></div>
            </div></div>
            """
        );

    private static Html Fields(TryForm form) =>
        Html.Of(
            $"""
            <form method="post" action="{TryEndpoints.Path}" novalidate>
            {Choice(
                "client",
                "Client",
                TryForm.Clients.Select(client => (client.ClientId, NameOf(client))),
                form.Client
            )}
            {Choice("method", "Method", TryForm.Methods.Select(method => (method, method)), form.Method)}
            <div class="nhsuk-form-group">
            <label class="nhsuk-label nhsuk-label--s" for="address">Address</label>
            <div class="nhsuk-hint" id="address-hint">Below the FHIR base, {ExchangeUrls.FhirPath}/</div>
            <input class="nhsuk-input" id="address" name="address" type="text" spellcheck="false" aria-describedby="address-hint" value="{form.Address}">
            </div>
            <div class="nhsuk-form-group">
            <label class="nhsuk-label nhsuk-label--s" for="body">Body</label>
            <div class="nhsuk-hint" id="body-hint">JSON or XML, for POST and PUT. Synthetic data only.</div>
            <textarea class="nhsuk-textarea cpis-text" id="body" name="body" rows="8" spellcheck="false" aria-describedby="body-hint">
            {form.Body}</textarea>
            </div>
            <button class="nhsuk-button" type="submit">Send</button>
            <button class="nhsuk-button nhsuk-button--secondary" type="submit" name="token" value="1">Get a token</button>
            </form>
            """
        );

    private static string NameOf(ClientFile client) =>
        client.User is { } user ? $"{client.ClientId}: {user.Name}, {user.RoleName}" : client.ClientId;

    private static Html Choice(
        string name,
        string label,
        IEnumerable<(string Value, string Name)> values,
        string chosen
    ) =>
        Html.Of(
            $"""
            <div class="nhsuk-form-group">
            <label class="nhsuk-label nhsuk-label--s" for="{name}">{label}</label>
            <select class="nhsuk-select" id="{name}" name="{name}">{Html.Join(
                values.Select(each =>
                    Html.Of(
                        $"""<option value="{each.Value}"{(each.Value == chosen ? new Html(" selected") : Html.None)}>{each.Name}</option>"""
                    )
                )
            )}</select>
            </div>
            """
        );

    private static Html Table() =>
        new PageTable(
            "What there is",
            ["Address", "Method", "What it does"],
            [
                .. CapabilityTable.Routes.Select(route => new PageRow(
                    Html.Of($"""<a href="{Filled(route)}">{ExchangeUrls.FhirPath}{route.Path}</a>"""),
                    Html.Of($"{route.Method}"),
                    Html.Of($"{Texts.Of(route)}")
                )),
            ]
        )
        {
            IsCaptionHidden = true,
        }.Markup;

    // This page with the form filled in.
    private static string Filled(OfferedRoute route) =>
        $"{TryEndpoints.Path}?method={route.Method}&address={Uri.EscapeDataString(route.Path.TrimStart('/'))}";
}
