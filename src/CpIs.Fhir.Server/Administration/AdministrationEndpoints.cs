using System.Text.Json.Nodes;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Keys;
using CpIs.Fhir.Server.Admission;
using CpIs.Fhir.Server.Http;

namespace CpIs.Fhir.Server.Administration;

/// <summary>What an operator does: registers and suspends organisations and clients, and rotates keys.</summary>
internal static class AdministrationEndpoints
{
    private const int LargestBody = 64 * 1024;

    public static void MapAdministration(this IEndpointRouteBuilder routes)
    {
        var admin = routes
            .MapGroup("/admin")
            .Admit(Admits.Only(Guest.Operator("system/admin")) with { IsFhir = false });

        admin.MapGet("/organisations", ListOrganisations);
        admin.MapPut("/organisations/{ods}", PutOrganisation);
        admin.MapPost(
            "/organisations/{ods}/suspend",
            (HttpContext c, RegistrationWriter w, string ods) => SuspendOrganisation(c, w, ods, true)
        );
        admin.MapPost(
            "/organisations/{ods}/restore",
            (HttpContext c, RegistrationWriter w, string ods) => SuspendOrganisation(c, w, ods, false)
        );
        admin.MapGet("/clients", ListClients);
        admin.MapPut("/clients/{clientId}", PutClient);
        admin.MapPost(
            "/clients/{clientId}/suspend",
            (HttpContext c, RegistrationWriter w, string clientId) => SuspendClient(c, w, clientId, true)
        );
        admin.MapPost(
            "/clients/{clientId}/restore",
            (HttpContext c, RegistrationWriter w, string clientId) => SuspendClient(c, w, clientId, false)
        );
        admin.MapGet("/keys", (IKeyRing keys) => Answer(RegistrationViews.List(RegistrationViews.Of(keys))));
        admin.MapPost("/keys/{purpose}/rotate", RotateAsync);
    }

    private static IResult ListOrganisations(IOrganisationDirectory directory) =>
        Answer(
            RegistrationViews.List(
                directory.Current.Organisations.OrderBy(o => o.Code).Select(o => RegistrationViews.Of(o))
            )
        );

    private static IResult ListClients(IOrganisationDirectory directory) =>
        Answer(
            RegistrationViews.List(
                directory
                    .Current.Clients.OrderBy(c => c.ClientId, StringComparer.Ordinal)
                    .Select(c => RegistrationViews.Of(c))
            )
        );

    private static async Task<IResult> PutOrganisation(HttpContext context, string ods, RegistrationWriter writer)
    {
        if (!OdsCode.TryParse(ods, out var code))
            return FhirResults.Refused(NotAnOdsCode());
        if ((await ReadFormAsync(context)).IsRefused(out var refusal, out var form))
            return FhirResults.Refused(refusal);
        if (OrganisationForm.Read(code, form).IsRefused(out refusal, out var wanted))
            return FhirResults.Refused(refusal);
        return Answer(await writer.PutAsync(wanted, ActorOf(context), context.RequestAborted), RegistrationViews.Of);
    }

    private static async Task<IResult> PutClient(HttpContext context, string clientId, RegistrationWriter writer)
    {
        if ((await ReadFormAsync(context)).IsRefused(out var refusal, out var form))
            return FhirResults.Refused(refusal);
        if (ClientForm.Read(clientId, form).IsRefused(out refusal, out var wanted))
            return FhirResults.Refused(refusal);
        return Answer(await writer.PutAsync(wanted, ActorOf(context), context.RequestAborted), RegistrationViews.Of);
    }

    private static async Task<IResult> SuspendOrganisation(
        HttpContext context,
        RegistrationWriter writer,
        string ods,
        bool suspended
    )
    {
        if (!OdsCode.TryParse(ods, out var code))
            return FhirResults.Refused(NotAnOdsCode());
        var result = await writer.SuspendAsync(code, suspended, ActorOf(context), context.RequestAborted);
        return Answer(result, RegistrationViews.Of);
    }

    private static async Task<IResult> SuspendClient(
        HttpContext context,
        RegistrationWriter writer,
        string clientId,
        bool suspended
    )
    {
        var result = await writer.SuspendAsync(clientId, suspended, ActorOf(context), context.RequestAborted);
        return Answer(result, RegistrationViews.Of);
    }

    private static async Task<IResult> RotateAsync(
        HttpContext context,
        string purpose,
        KeyRing keys,
        RegistrationWriter writer,
        IRecordStore records
    )
    {
        if (!KeyPurposes.All.Contains(purpose))
            return FhirResults.Refused(Refusal.Unknown("A key of that purpose"));
        var key = await keys.RotateAsync(purpose, context.RequestAborted);
        await records.CommitAsync(
            new Commit { Occurrence = writer.Tell(ActorOf(context), $"keys/{purpose}/rotate", $"new key {key.Id}") },
            context.RequestAborted
        );
        return Answer(RegistrationViews.List(RegistrationViews.Of(keys)));
    }

    private static async Task<Result<JsonForm>> ReadFormAsync(HttpContext context) =>
        (await RequestBody.ReadJsonAsync(context, LargestBody)).IsRefused(out var refusal, out var body)
            ? refusal
            : JsonForm.Parse(body);

    private static Actor ActorOf(HttpContext context) => Actor.Of(context.Caller(), context.Identity());

    private static IResult Answer<T>(Result<T> result, Func<T, JsonObject> view) =>
        result.IsRefused(out var refusal, out var saved) ? FhirResults.Refused(refusal) : Answer(view(saved));

    private static IResult Answer(JsonObject body) => Results.Text(body.ToJsonString(), "application/json");

    private static Refusal NotAnOdsCode() =>
        Refusal.Malformed("An ODS code is 3 to 12 capital letters and digits.", "http.path");
}
