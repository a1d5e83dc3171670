using System.Globalization;
using System.Text.Json.Nodes;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Server.Admission;
using CpIs.Fhir.Server.Http;

namespace CpIs.Fhir.Server.Administration;

/// <summary>What persons of an authority, or operators, decide in twos.</summary>
internal static class ApprovalEndpoints
{
    private const int LargestBody = 4 * 1024;

    public static void MapApprovals(this IEndpointRouteBuilder routes)
    {
        var authority = Guest.Authority();
        routes.MapPost("/admin/stamps/restart", AskRestartAsync).Admit(Admits.Only(authority) with { IsFhir = false });
        routes
            .MapPost("/admin/approvals/{id}", ApproveAsync)
            .Admit(Admits.Only(authority, Guest.Operator("system/admin")) with { IsFhir = false });
    }

    private static async Task<IResult> AskRestartAsync(HttpContext context, Approvals approvals)
    {
        if (
            (await RequestBody.ReadJsonAsync(context, LargestBody)).IsRefused(out var refusal, out var body)
            || JsonForm.Parse(body).IsRefused(out refusal, out var form)
        )
            return FhirResults.Refused(refusal);
        form.Only("reason");
        var reason = form.Text("reason", required: true);
        if (form.Refusal is { } problems)
            return FhirResults.Refused(problems);
        var result = await approvals.AskRestartAsync(
            context.Caller(),
            ActorOf(context),
            reason!,
            context.RequestAborted
        );
        return Answer(result, StatusCodes.Status202Accepted);
    }

    private static async Task<IResult> ApproveAsync(
        HttpContext context,
        string id,
        Approvals approvals,
        NumberChanges numbers
    )
    {
        var result = await approvals.ApproveAsync(context.Caller(), ActorOf(context), id, context.RequestAborted);
        numbers.Wake();
        return Answer(result, StatusCodes.Status200OK);
    }

    private static Actor ActorOf(HttpContext context) => Actor.Of(context.Caller(), context.Identity());

    private static IResult Answer(Result<ApprovalRequest> result, int status) =>
        result.IsRefused(out var refusal, out var request)
            ? FhirResults.Refused(refusal)
            : Results.Text(View(request).ToJsonString(), "application/json", statusCode: status);

    /// <summary>A request as both persons read it. It names no child: whoever asked knows the number.</summary>
    internal static JsonObject View(ApprovalRequest request) =>
        new()
        {
            ["id"] = request.Id,
            ["kind"] = request.Kind,
            ["authority"] = request.Authority.Value,
            ["reason"] = request.Reason,
            ["askedBy"] = request.AskedBy.Name,
            ["approvedBy"] = request.ApprovedBy?.Name,
            ["expires"] = request.Expires().ToString("O", CultureInfo.InvariantCulture),
        };
}
