using CpIs.Fhir.Core;
using CpIs.Fhir.Server.Admission;

namespace CpIs.Fhir.Server.Hosting;

/// <summary>Whether the process lives, and whether it can do its work: a durable write, no less.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        app.MapRead("/health/live", () => Results.Json(new Health("live"), HealthJson.Default.Health))
            .Admit(Admits.Anyone);
        app.MapRead("/health/ready", ReadyAsync).Admit(Admits.Anyone);
    }

    private static async Task<IResult> ReadyAsync(HttpContext context, Readiness readiness, WriteCheck check)
    {
        if (!readiness.IsWarm)
            return NotReady("starting");
        if (readiness.IsLeaving)
            return NotReady("stopping");
        try
        {
            await check.RunAsync(context.RequestAborted);
            return Results.Json(new Health("ready"), HealthJson.Default.Health);
        }
        catch (StoreUnavailableException)
        {
            return NotReady("the store cannot write");
        }
    }

    private static IResult NotReady(string why) =>
        Results.Json(new Health(why), HealthJson.Default.Health, statusCode: StatusCodes.Status503ServiceUnavailable);
}

/// <summary>Where the server stands between its start and its end.</summary>
internal sealed class Readiness
{
    private volatile bool _isWarm;
    private volatile bool _isLeaving;

    /// <summary>Everything that is slow the first time has been done once.</summary>
    public bool IsWarm => _isWarm;

    /// <summary>It was told to stop.</summary>
    public bool IsLeaving => _isLeaving;

    public void Warmed() => _isWarm = true;

    public void Leave() => _isLeaving = true;
}

/// <summary>Answer of the health endpoints.</summary>
internal sealed record Health(string Status);

[System.Text.Json.Serialization.JsonSerializable(typeof(Health))]
[System.Text.Json.Serialization.JsonSourceGenerationOptions(
    PropertyNamingPolicy = System.Text.Json.Serialization.JsonKnownNamingPolicy.CamelCase
)]
internal sealed partial class HealthJson : System.Text.Json.Serialization.JsonSerializerContext;
