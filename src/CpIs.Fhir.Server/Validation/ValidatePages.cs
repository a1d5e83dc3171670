using System.Text;
using CpIs.Fhir.Conformance.Sources;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Uploads;
using CpIs.Fhir.Server.Admission;
using CpIs.Fhir.Server.Http;
using CpIs.Fhir.Server.Pages;
using CpIs.Fhir.Server.Security;

namespace CpIs.Fhir.Server.Validation;

/// <summary>
/// The page <c>/validate</c>, for anyone. It changes nothing, so a request forged by another site gains nothing; how often one
/// address may ask is limited.
/// </summary>
internal static class ValidatePages
{
    private static readonly Admits Senders = new()
    {
        Charge = Charge.Page,
        Refuse = static (context, _) =>
            Busy(context, "Too many requests from your network address. Wait a few seconds, then try again.")
                .ExecuteAsync(context),
    };

    public static void MapValidatePage(this IEndpointRouteBuilder app)
    {
        app.MapRead("/validate", () => ValidatePage.Form()).Admit(Admits.Anyone);
        app.MapPost("/validate", AnswerAsync).Admit(Senders);
    }

    private static async Task<IResult> AnswerAsync(
        HttpContext context,
        PageReading reading,
        ValidationDesk desk,
        UploadOptions uploads,
        TimeProvider time
    )
    {
        const string tooMany = "The validator is busy. Wait a few seconds, then try again.";
        Result<ValidateForm> read;
        if ((await reading.TakeAsync(context.RequestAborted)).IsRefused(out _, out var sending))
            return Busy(context, tooMany);
        using (sending)
            read = await ValidateForm.ReadAsync(context, PageReading.Longest, time);
        if (read.IsRefused(out var refusal, out var sent))
            return ValidatePage.Form(refusal.Issues[0].Diagnostics, status: FhirResponse.StatusOf(refusal.Kind));
        if (string.IsNullOrWhiteSpace(sent.Text))
            return ValidatePage.Form("Paste a resource or choose a file", sent, StatusCodes.Status400BadRequest);
        if (sent.Profile.Length > 0 && desk.Conformance.Canonical(sent.Profile) is null)
            return ValidatePage.Form("Choose a profile from the list", sent, StatusCodes.Status400BadRequest);
        if ((await desk.TakeAsync(context.RequestAborted)).IsRefused(out _, out var place))
            return Busy(context, tooMany);
        using (place)
        {
            var laidOut = sent.LaidOut();
            return ValidatePage.Verdict(
                laidOut,
                desk.Conformance.Validator.Validate(
                    FhirSource.Read(
                        Encoding.UTF8.GetBytes(laidOut.Text),
                        FhirSource.Limits with
                        {
                            MaximumEntries = uploads.MaximumEntries,
                        }
                    ),
                    laidOut.Profile.Length > 0 ? [laidOut.Profile] : []
                )
            );
        }
    }

    private static Page Busy(HttpContext context, string why)
    {
        context.Response.Headers.RetryAfter = "5";
        return ValidatePage.Form(why, status: StatusCodes.Status429TooManyRequests);
    }
}
