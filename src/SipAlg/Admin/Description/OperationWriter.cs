using System.Globalization;
using System.Text.Json.Nodes;
using SipAlg.Admin.Access;

namespace SipAlg.Admin.Description;

/// <summary>Writes one operation of <c>/openapi.json</c>.</summary>
internal static class OperationWriter
{
    public const string Token = "token";
    public const string Session = "session";

    public static JsonObject Write(string method, string path, Operation operation, Schemas schemas)
    {
        var need = operation.Need ?? (HttpMethods.IsGet(method) || HttpMethods.IsHead(method) ? AccessNeed.Look : AccessNeed.Change);
        var written = new JsonObject
        {
            ["operationId"] = Id(method, path),
            ["summary"] = operation.Summary,
            ["security"] = need == AccessNeed.None ? [] : new JsonArray(new JsonObject { [Token] = new JsonArray() }, new JsonObject { [Session] = new JsonArray() }),
            ["parameters"] = new JsonArray([.. Parameters("path", operation.Path), .. Parameters("query", operation.Query), .. Parameters("header", operation.Headers)]),
            ["responses"] = Responses(path, need, operation, schemas),
        };
        if (operation.Body is { } body)
        {
            written["requestBody"] = new JsonObject
            {
                ["required"] = !operation.IsBodyOptional,
                ["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = schemas.ReferenceTo(body, isRequest: true) } },
            };
        }

        return written;
    }

    /// <summary>As <c>get_calls_id_pcap</c>.</summary>
    private static string Id(string method, string path) =>
        method.ToLowerInvariant() + path.Replace("/api/v1", "", StringComparison.Ordinal).Replace('/', '_').Replace('.', '_').Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal);

    private static IEnumerable<JsonNode> Parameters(string place, IReadOnlyList<Parameter> parameters) => parameters.Select(parameter =>
    {
        var schema = new JsonObject { ["type"] = parameter.Range is null ? "string" : "integer" };
        if (parameter.Values.Count > 0)
        {
            schema["enum"] = new JsonArray([.. parameter.Values.Select(value => JsonValue.Create(value))]);
        }

        if (parameter.Range is var (least, most))
        {
            (schema["minimum"], schema["maximum"]) = (least, most);
        }

        if (parameter.Format is { } format)
        {
            schema["format"] = format;
        }

        return new JsonObject { ["name"] = parameter.Name, ["in"] = place, ["required"] = place == "path", ["description"] = parameter.Description, ["schema"] = schema };
    });

    private static JsonObject Responses(string path, AccessNeed need, Operation operation, Schemas schemas)
    {
        var responses = new JsonObject();
        foreach (var answer in operation.Answers.Concat(OfTheGuard(path, need, operation).Where(other => operation.Answers.All(answer => answer.Status != other.Status))).OrderBy(answer => answer.Status))
        {
            responses[answer.Status.ToString(CultureInfo.InvariantCulture)] = Response(answer, operation, schemas);
        }

        return responses;
    }

    private static JsonObject Response(Answer answer, Operation operation, Schemas schemas)
    {
        var response = new JsonObject { ["description"] = answer.Description };
        if (answer.ContentType is { } type)
        {
            var media = new JsonObject { ["schema"] = answer.Shape is { } shape ? schemas.ReferenceTo(shape) : new JsonObject() };
            if (answer.Status == 200 && operation.Events.Count > 0)
            {
                media["x-events"] = new JsonObject(operation.Events.Select(happened => KeyValuePair.Create(happened.Key, (JsonNode?)schemas.ReferenceTo(happened.Value))));
            }

            response["content"] = new JsonObject { [type] = media };
        }

        return response;
    }

    private static IEnumerable<Answer> OfTheGuard(string path, AccessNeed need, Operation operation)
    {
        if (operation.Body is not null)
        {
            yield return Answer.Error(413, "The body is too large.");
        }

        if (need != AccessNeed.None)
        {
            yield return Answer.Error(401, "No token, or a wrong one.");
            yield return Answer.Error(429, "Too many wrong tokens have come from this address.");
        }

        if (need == AccessNeed.Change)
        {
            yield return Answer.Error(403, "The token may only look; or a change by cookie came without Origin.");
        }

        if (path.StartsWith("/api/", StringComparison.Ordinal))
        {
            yield return Answer.Error(400, "A parameter that there is none of, or one that makes no sense; the message says which.");
        }

        yield return Answer.Error(421, "Host or Origin is not the gateway's.");
        yield return Answer.Error(500, "A fault of the gateway; its log tells more.");
        yield return Answer.Error(503, "A lane does not answer; /healthz tells which.");
    }
}
