using CpIs.Fhir.Conformance.Capabilities;
using CpIs.Fhir.Server.Admission;
using CpIs.Fhir.Server.Http;

namespace CpIs.Fhir.Server.Pages;

/// <summary>
/// What somebody finds who comes with a browser: at <c>/</c> what this is, and at the FHIR base how a system speaks to it. A FHIR
/// client at the base is told what there is instead of a search of everything.
/// </summary>
internal static class HomePages
{
    /// <summary>The page at <c>/</c>.</summary>
    /// <param name="app">Where it is mapped.</param>
    /// <param name="isDemo">True where there is a page to try the exchange.</param>
    public static void MapHome(this IEndpointRouteBuilder app, bool isDemo) =>
        app.MapRead("/", (ExchangeUrls urls) => Home(urls, isDemo)).Admit(Admits.Anyone);

    /// <summary>The page at the FHIR base.</summary>
    public static void MapBase(this IEndpointRouteBuilder fhir) =>
        fhir.MapRead(
                "/",
                (HttpContext context, ExchangeUrls urls) =>
                    MediaTypes.IsForPerson(context.Request) ? Base(urls) : FhirResults.Refused(NotServed.SearchOfAll)
            )
            .Admit(Admits.Anyone);

    private static Page Home(ExchangeUrls urls, bool isDemo) =>
        new(
            "Home",
            Html.Of(
                $"""
                <h1 class="nhsuk-heading-l">Child Protection - Information Sharing</h1>
                <p>Local authorities upload which children have a child protection plan or are looked after. Care settings look a child up by NHS number. The authority receives a notice that the child has presented.</p>
                <p>Systems do this over HL7 FHIR R4. This page is for the people who build and run them.</p>
                <ul class="nhsuk-list nhsuk-list--bullet">
                <li><a href="{ExchangeUrls.FhirPath}">The FHIR base</a>, <code>{urls.FhirBase}</code>: how a system connects</li>
                <li><a href="/profiles">Profiles</a>: what is sent and received, with examples</li>
                <li><a href="/validate">Validate</a>: check a resource before you send it</li>
                {(
                    isDemo
                        ? new Html(
                            """<li><a href="/try">Try it</a>: send requests as one of the synthetic clients</li>"""
                        )
                        : Html.None
                )}
                <li><a href="/health/ready">Health</a>: whether this server is ready</li>
                </ul>
                """
            )
        );

    private static Page Base(ExchangeUrls urls) =>
        new(
            "FHIR base",
            Html.Of(
                $"""
                <h1 class="nhsuk-heading-l">The FHIR base of this exchange</h1>
                <p><code>{urls.FhirBase}</code> is where FHIR R4 clients send their requests. It is not a page to read records on: every request needs an access token.</p>
                <ul class="nhsuk-list nhsuk-list--bullet">
                <li><a href="{ExchangeUrls.FhirPath}/metadata?_format=json">metadata</a>: the CapabilityStatement, which lists what is supported (<a href="/profiles/CapabilityStatement/cpis-server">as a page</a>)</li>
                <li><a href="{ExchangeUrls.FhirPath}/.well-known/smart-configuration">smart-configuration</a>: where a client gets its access token, and with which scopes</li>
                <li><a href="/profiles">Profiles</a>: what each resource holds</li>
                </ul>
                <h2 class="nhsuk-heading-m">What is here</h2>
                {new PageTable(
                    "What is here",
                    ["Resource", "Supported"],
                    [
                        .. CapabilityTable.Resources.Select(row => new PageRow(
                            Html.Of($"{row.Type}"),
                            Html.Of($"{string.Join(", ", row.Offers)}")
                        )),
                    ]
                )
                {
                    IsCaptionHidden = true,
                }.Markup}
                <p><a href="/">About this exchange</a></p>
                """
            )
        );
}
