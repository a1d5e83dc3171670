using System.Text.Json.Nodes;

namespace CpIs.Fhir.Conformance.Tests.Fuzzing;

/// <summary>Changes a JSON resource somewhere, as a careless or hostile sender might. All chance comes from the seed.</summary>
internal sealed class JsonMutator(int seed)
{
    private static readonly string[] Texts =
    [
        "",
        " ",
        "\u00A0",
        "\uFEFF",
        "\U0001F600",
        "e\u0301",
        "#",
        "#x",
        "urn:uuid:",
        "Patient/",
        "/",
        "a/b/_history/",
        "http://",
        "2026-02-30",
        "24:00:00",
        "-0",
        "1e999",
        "`",
        "'",
        "\\",
        "<div>",
        "https://fhir.cpis.example/StructureDefinition/CPIS-Flag",
        "http://hl7.org/fhir/StructureDefinition/Patient|",
        "Resource",
    ];

    private static readonly string[] Names =
    [
        "resourceType",
        "extension",
        "modifierExtension",
        "contained",
        "_id",
        "id",
        "meta",
        "reference",
        "valueString",
        "value",
        "url",
        "",
        "_",
        "a b",
        "div",
        "$this",
        "1",
    ];

    private readonly Random _random = new(seed);

    /// <summary>A changed copy.</summary>
    public JsonNode Mutate(JsonNode good)
    {
        var copy = good.DeepClone();
        for (var change = _random.Next(1, 5); change > 0; change--)
        {
            var places = new List<JsonNode>();
            Collect(copy, places);
            Change(places[_random.Next(places.Count)], copy);
        }

        return copy;
    }

    private static void Collect(JsonNode node, List<JsonNode> places)
    {
        places.Add(node);
        if (node is JsonObject members)
            foreach (var (_, child) in members)
                if (child is not null)
                    Collect(child, places);
        if (node is JsonArray list)
            foreach (var child in list)
                if (child is not null)
                    Collect(child, places);
    }

    private void Change(JsonNode node, JsonNode whole)
    {
        switch (node)
        {
            case JsonObject members:
                ChangeMembers(members, whole);
                break;
            case JsonArray list:
                ChangeList(list, whole);
                break;
            case var _ when node.Parent is not null:
                node.ReplaceWith(Something(whole));
                break;
        }
    }

    private void ChangeMembers(JsonObject members, JsonNode whole)
    {
        var names = members.Select(member => member.Key).ToList();
        var name = names.Count == 0 ? "" : names[_random.Next(names.Count)];
        switch (_random.Next(6))
        {
            case 0:
                members.Remove(name);
                break;
            case 1:
                members[Names[_random.Next(Names.Length)]] = Something(whole);
                break;
            case 2:
                members["_" + name] = Something(whole);
                break;
            case 3:
                members[name] =
                    members[name] is JsonArray ? new JsonArray() : new JsonArray(members[name]?.DeepClone());
                break;
            case 4:
                var other = names.Count == 0 ? "x" : names[_random.Next(names.Count)];
                (members[name], members[other]) = (members[other]?.DeepClone(), members[name]?.DeepClone());
                break;
            default:
                members[name] = Something(whole);
                break;
        }
    }

    private void ChangeList(JsonArray list, JsonNode whole)
    {
        switch (_random.Next(5))
        {
            case 0:
                list.Clear();
                break;
            case 1:
                list.Add(null);
                break;
            case 2 when list.Count > 0:
                var one = list[_random.Next(list.Count)];
                for (var copies = _random.Next(1, 40); copies > 0; copies--)
                    list.Add(one?.DeepClone());
                break;
            case 3 when list.Count > 0:
                list.RemoveAt(_random.Next(list.Count));
                break;
            default:
                list.Insert(_random.Next(list.Count + 1), Something(whole));
                break;
        }
    }

    private JsonNode? Something(JsonNode whole) =>
        _random.Next(10) switch
        {
            0 => null,
            1 => new JsonObject(),
            2 => new JsonArray(),
            3 => JsonValue.Create(_random.Next(-2, 3)),
            4 => JsonValue.Create(true),
            5 => new string('x', _random.Next(1, 5_000)),
            6 => Nested(_random.Next(1, 70)),
            7 => Part(whole),
            _ => Texts[_random.Next(Texts.Length)],
        };

    /// <summary>Another part of the same resource, where it does not belong.</summary>
    private JsonNode Part(JsonNode whole)
    {
        var places = new List<JsonNode>();
        Collect(whole, places);
        return places[_random.Next(places.Count)].DeepClone();
    }

    private static JsonNode Nested(int depth)
    {
        JsonNode inner = "x";
        for (; depth > 0; depth--)
            inner = new JsonObject
            {
                ["extension"] = new JsonArray(new JsonObject { ["url"] = "x", ["valueString"] = inner }),
            };
        return inner;
    }
}
