using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Cli.Tools;
using CpIs.Fhir.Core.Protection;

namespace CpIs.Fhir.Cli.Commands;

/// <summary><c>cpis protection</c>: the key file of a sealed store. It works on the file alone and asks no server.</summary>
internal static class ProtectionCommand
{
    public static Command Create(Tool tool) =>
        new ToolCommand("protection", "Make and change the key file of a sealed store, as its operator.")
        {
            NewKeyFile(tool),
            AddKey(tool),
            UseKey(tool),
        };

    private static Command NewKeyFile(Tool tool)
    {
        var output = new Option<string>("--out")
        {
            Description = "The key file to write (readable by you alone). It must not exist yet.",
            Required = true,
            HelpName = "FILE",
        };
        var id = Id();
        var command = new ToolCommand(
            "new-key-file",
            "Make the keys under which a new store is sealed.",
            "cpis protection new-key-file --out /etc/cpis/protection.json",
            "CPIS__Protection__KeyFile=/etc/cpis/protection.json CpIs.Fhir.Server"
        )
        {
            Details = """
                Keep a copy away from the store's backups. Without the file nobody can open the store; whoever has both can read it.
                The blind-index key in it never changes: the store finds everything by it.
                """,
        };
        command.Add(output);
        command.Add(id);
        return tool.Runs(
            command,
            (run, _) =>
            {
                using var keys = ProtectionKeys.Make(run.Get(id) ?? Month(run));
                new ProtectionKeyFile(run.Get(output)!).Create(keys);
                Tell(run, run.Get(output)!, keys);
                run.Report.Note("Keep a copy of it away from the store and its backups. Nobody can make it again.");
                return Task.FromResult(ExitCode.Done);
            }
        );
    }

    private static Command AddKey(Tool tool)
    {
        var file = FileArgument();
        var id = Id();
        var standby = new Option<bool>("--standby")
        {
            Description = "Use it to open, not yet to seal: for several servers, until each has it.",
        };
        var command = new ToolCommand(
            "add-key",
            "Seal with a new key from the next start on. Older keys stay and open what they sealed.",
            "cpis protection add-key /etc/cpis/protection.json",
            "cpis protection add-key /etc/cpis/protection.json --standby"
        )
        {
            Details = """
                One server: add the key and restart it.
                Several servers of one store: add it with --standby, copy the file to each and restart each; then do the same
                with `cpis protection use-key`. Otherwise the first server to seal with it writes what the others cannot open.
                """,
        };
        command.Add(file);
        command.Add(id);
        command.Add(standby);
        return tool.Runs(
            command,
            (run, _) =>
            {
                using var keys = Read(run.Get(file));
                var name = run.Get(id) ?? Unused(Month(run), keys);
                if (keys.Keys.Any(key => key.Id == name))
                    throw new CannotRunException($"it already has a key '{name}'.");
                var key = ProtectionKeys.MakeKey(name);
                Replace(run, run.Get(file), keys, run.Get(standby) ? [.. keys.Keys, key] : [key, .. keys.Keys]);
                return Task.FromResult(ExitCode.Done);
            }
        );
    }

    private static Command UseKey(Tool tool)
    {
        var file = FileArgument();
        var id = new Argument<string>("ID") { Description = "A key that is in the file." };
        var command = new ToolCommand(
            "use-key",
            "Seal with a key that is in the file, from the next start on.",
            "cpis protection use-key /etc/cpis/protection.json 2026-12"
        )
        {
            file,
            id,
        };
        return tool.Runs(
            command,
            (run, _) =>
            {
                using var keys = Read(run.Get(file));
                var chosen =
                    keys.Keys.FirstOrDefault(key => key.Id == run.Get(id))
                    ?? throw new CannotRunException(
                        $"it has no key '{run.Get(id)}'. It has: {string.Join(", ", keys.Keys.Select(k => k.Id))}"
                    );
                Replace(run, run.Get(file), keys, [chosen, .. keys.Keys.Where(key => key != chosen)]);
                return Task.FromResult(ExitCode.Done);
            }
        );
    }

    private static Argument<string> FileArgument() => new("FILE") { Description = "The key file." };

    private static Option<string?> Id()
    {
        var id = new Option<string?>("--id")
        {
            Description = "Name of the key, readable in every value that it seals; by default the month.",
            HelpName = "ID",
        };
        id.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } text && !KeyEncryptionKey.IsId(text))
                result.AddError("--id must be 1 to 32 letters, digits, '.', '_' or '-'.");
        });
        return id;
    }

    private static ProtectionKeys Read(string path)
    {
        try
        {
            return new ProtectionKeyFile(path).Read();
        }
        catch (InvalidDataException wrong)
        {
            throw new CannotRunException(wrong.Message);
        }
    }

    private static void Replace(Run run, string path, ProtectionKeys old, IReadOnlyList<KeyEncryptionKey> keys)
    {
        using var changed = old.With(keys);
        new ProtectionKeyFile(path).Replace(changed);
        Tell(run, path, changed);
    }

    /// <summary>Says which keys are in the file; never what they are.</summary>
    private static void Tell(Run run, string path, ProtectionKeys keys)
    {
        var ids = keys.Keys.Select(key => key.Id).ToList();
        run.Report.Object(
            new JsonObject
            {
                ["file"] = path,
                ["current"] = ids[0],
                ["keys"] = new JsonArray([.. ids.Select(id => JsonValue.Create(id))]),
            }
        );
        run.Report.Line(
            ids.Count == 1
                ? $"{path}: {ids[0]} seals and opens"
                : $"{path}: {ids[0]} seals; {string.Join(", ", ids.Skip(1))} open as well"
        );
    }

    private static string Month(Run run) =>
        run.Surroundings.Time.GetUtcNow().ToString("yyyy-MM", CultureInfo.InvariantCulture);

    private static string Unused(string id, ProtectionKeys keys) =>
        Enumerable
            .Range(1, keys.Keys.Count + 1)
            .Select(n => n == 1 ? id : string.Create(CultureInfo.InvariantCulture, $"{id}-{n}"))
            .First(name => keys.Keys.All(key => key.Id != name));
}
