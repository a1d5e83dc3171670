using DotNet.Testcontainers.Builders;
using Testcontainers.MongoDb;

namespace CpIs.Fhir.Testing.MongoDb;

/// <summary>A replica set of one in a container. Testcontainers removes it after this process.</summary>
internal static class DockerEngine
{
    private const string Image = "mongo:8.0";

    /// <summary>Starts one and returns its connection string; null where no Docker daemon answers or the image cannot be had.</summary>
    public static async Task<string?> TryStartAsync()
    {
        try
        {
            var container = new MongoDbBuilder(Image).WithReplicaSet().Build();
            await container.StartAsync();
            return container.GetConnectionString();
        }
        catch (DockerUnavailableException)
        {
            return null;
        }
        catch (Docker.DotNet.DockerApiException e)
        {
            await Console.Error.WriteLineAsync($"Docker answers, but {Image} cannot be started: {e.Message}");
            return null;
        }
    }
}
