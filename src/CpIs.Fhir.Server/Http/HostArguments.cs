namespace CpIs.Fhir.Server.Http;

/// <summary>What every web host of ours is started with.</summary>
internal static class HostArguments
{
    /// <summary>
    /// It reads its settings once. Without it .NET watches all files below the current folder for a changed appsettings.json, which we do not use: at
    /// the root of a busy machine that is a core's work.
    /// </summary>
    public static string[] WatchNothing => ["--hostBuilder:reloadConfigOnChange=false"];
}
