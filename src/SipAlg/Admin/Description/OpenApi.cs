using System.Text.Json.Nodes;
using SipAlg.Admin.Access;
using SipAlg.Hosting;

namespace SipAlg.Admin.Description;

/// <summary><c>/openapi.json</c>: the API in the words of OpenAPI 3.1, made of what hangs on the endpoints when somebody first asks.</summary>
internal sealed class OpenApi(IEndpointRouteBuilder routes)
{
    private readonly Lazy<byte[]> _document = new(() => System.Text.Encoding.UTF8.GetBytes(Write(routes).ToJsonString()));

    public void Map(IEndpointRouteBuilder target) => target.MapGet("/openapi.json", ShowAsync).Describe(new Operation("This description.")
    {
        Need = AccessNeed.None,
        Answers = [Answer.Of(200, "OpenAPI 3.1.", "application/json")],
    });

    private async Task ShowAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.Body.WriteAsync(_document.Value, context.RequestAborted).ConfigureAwait(false);
    }

    private static JsonObject Write(IEndpointRouteBuilder routes)
    {
        var schemas = new Schemas();
        var paths = new JsonObject();
        var listed = routes.DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Select(endpoint => (Path: endpoint.RoutePattern.RawText!, Methods: endpoint.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods, Operation: endpoint.Metadata.GetMetadata<Operation>()))
            .Where(endpoint => endpoint.Operation is { IsUnlisted: false });
        foreach (var (path, methods, operation) in listed.OrderBy(endpoint => endpoint.Path, StringComparer.Ordinal))
        {
            var item = paths[path] as JsonObject ?? (JsonObject)(paths[path] = new JsonObject())!;
            foreach (var method in methods)
            {
                item[method.ToLowerInvariant()] = OperationWriter.Write(method, path, operation!, schemas);
            }
        }

        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "SipAlg",
                ["version"] = ProcessFacts.Version,
                ["description"] = "The admin API of a SipAlg gateway. Times are UTC. Lists come in pages: a page may hold fewer items than asked for, and next is null after the last.",
            },
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = schemas.Write(),
                ["securitySchemes"] = new JsonObject
                {
                    [OperationWriter.Token] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["description"] = "admin.token may change things, admin.read_token may look." },
                    [OperationWriter.Session] = new JsonObject { ["type"] = "apiKey", ["in"] = "cookie", ["name"] = AdminSessions.Cookie, ["description"] = "What /api/v1/login gives to a browser. A change wants Origin." },
                },
            },
        };
    }
}
