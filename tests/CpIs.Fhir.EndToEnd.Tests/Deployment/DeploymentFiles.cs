using CpIs.Fhir.EndToEnd.Tests.Processes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;

namespace CpIs.Fhir.EndToEnd.Tests.Deployment;

/// <summary>examples/deploy and the guide that goes with it.</summary>
internal static class DeploymentFiles
{
    public static string Guide { get; } = File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations.md"));

    private static string Folder { get; } = Path.Combine(Repository.Root, "examples", "deploy");

    /// <summary>Names below examples/deploy of every file that ends so.</summary>
    public static IEnumerable<string> Ending(string ending) =>
        Directory
            .EnumerateFiles(Folder, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Folder, path).Replace('\\', '/'))
            .Where(name => name.EndsWith(ending, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);

    public static string PathOf(string name) => Path.Combine(Folder, name);

    public static string Text(string name) => File.ReadAllText(PathOf(name));

    /// <summary>The documents of a YAML file, anchors and merges carried out.</summary>
    public static IReadOnlyList<Node> Yaml(string name)
    {
        using var text = File.OpenText(PathOf(name));
        var parser = new MergingParser(new Parser(text));
        var deserializer = new Deserializer();
        var documents = new List<Node>();
        parser.Consume<StreamStart>();
        while (parser.Accept<DocumentStart>(out _))
            documents.Add(new Node(deserializer.Deserialize(parser)));
        return documents;
    }
}
