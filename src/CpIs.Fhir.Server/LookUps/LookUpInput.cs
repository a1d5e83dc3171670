using System.Text.Json;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.LookUps;
using CpIs.Fhir.Server.Http;

namespace CpIs.Fhir.Server.LookUps;

/// <summary>Reads what a look-up asks: from the URL, a form, or a posted Parameters resource of strings.</summary>
internal static class LookUpInput
{
    private const int MaximumParameters = 16 * 1024;
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    public static async Task<Result<List<KeyValuePair<string, string>>>> ReadAsync(
        HttpContext context,
        LookUpInteraction interaction
    )
    {
        if (
            interaction != LookUpInteraction.ChildProtection
            || !HttpMethods.IsPost(context.Request.Method)
            || RequestBody.IsForm(context)
        )
            return await SearchInput.ReadAsync(context);
        if ((await RequestBody.ReadJsonAsync(context, MaximumParameters)).IsRefused(out var refusal, out var body))
            return refusal;
        if (ReadParameters(body).IsRefused(out refusal, out var inBody))
            return refusal;
        return (List<KeyValuePair<string, string>>)[.. SearchInput.FromUrl(context), .. inBody];
    }

    // A Parameters resource of strings; whether its names are known is for the look-up to say.
    private static Result<List<KeyValuePair<string, string>>> ReadParameters(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            var root = document.RootElement;
            if (root.GetProperty("resourceType").GetString() != "Parameters")
                return Refusal.Malformed("The body must be a Parameters resource.", "resourceType");
            var parameters = new List<KeyValuePair<string, string>>();
            foreach (var parameter in root.GetProperty("parameter").EnumerateArray())
                // A second value beside the string would be a parameter ignored.
                if (parameter.EnumerateObject().Count() == 2)
                    parameters.Add(
                        new(Text(parameter.GetProperty("name")), Text(parameter.GetProperty("valueString")))
                    );
                else
                    throw new JsonException();
            return parameters;
        }
        catch (Exception unreadable)
            when (unreadable is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return Refusal.Malformed(
                "The body must be a Parameters resource whose parameters are strings.",
                "Parameters"
            );
        }
    }

    // JSON null reads as a null string, and no exception tells.
    private static string Text(JsonElement value) => value.GetString() ?? throw new JsonException();
}
