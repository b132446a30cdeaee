using System.Diagnostics;
using System.Globalization;
using SipAlg.Hosting;

namespace SipAlg.Metrics;

/// <summary>The process and its runtime, by the names that Prometheus clients use.</summary>
internal static class ProcessMetrics
{
    private static readonly string[] Generations = [.. Enumerable.Range(0, GC.MaxGeneration + 1).Select(generation => generation.ToString(CultureInfo.InvariantCulture))];
    private static readonly double Started = (ProcessFacts.Started - DateTimeOffset.UnixEpoch).TotalSeconds;

    public static void Write(PrometheusWriter writer)
    {
        WriteProcess(writer);
        WriteCollector(writer);
        writer.Begin("dotnet_threadpool_threads", MetricKind.Gauge, "Threads of the runtime's pool.");
        writer.Sample(ThreadPool.ThreadCount);
        writer.Begin("dotnet_threadpool_queue_length", MetricKind.Gauge, "Work that waits for a thread of the pool.");
        writer.Sample(ThreadPool.PendingWorkItemCount);
    }

    private static void WriteProcess(PrometheusWriter writer)
    {
        using var process = Process.GetCurrentProcess();
        writer.Begin("process_cpu_seconds_total", MetricKind.Counter, "CPU time, user and system.");
        writer.Sample(Environment.CpuUsage.TotalTime.TotalSeconds);
        writer.Begin("process_resident_memory_bytes", MetricKind.Gauge, "Resident memory.");
        writer.Sample(process.WorkingSet64);
        writer.Begin("process_virtual_memory_bytes", MetricKind.Gauge, "Virtual memory.");
        writer.Sample(process.VirtualMemorySize64);
        writer.Begin("process_open_fds", MetricKind.Gauge, "Open descriptors.");
        writer.Sample(ProcessFacts.OpenDescriptors());
        writer.Begin("process_max_fds", MetricKind.Gauge, "Descriptors that may be open.");
        writer.Sample(ProcessFacts.MostDescriptors);
        writer.Begin("process_start_time_seconds", MetricKind.Gauge, "When the process started, seconds since 1970.");
        writer.Sample(Started);
    }

    private static void WriteCollector(PrometheusWriter writer)
    {
        writer.Begin("dotnet_gc_collections_total", MetricKind.Counter, "Garbage collections; one of a generation is counted in those below too.");
        for (var generation = 0; generation < Generations.Length; generation++)
        {
            writer.Sample(GC.CollectionCount(generation), ("generation", Generations[generation]));
        }

        writer.Begin("dotnet_gc_pause_seconds_total", MetricKind.Counter, "Time for which the collector stopped all managed threads.");
        writer.Sample(GC.GetTotalPauseDuration().TotalSeconds);
        writer.Begin("dotnet_gc_allocated_bytes_total", MetricKind.Counter, "Memory allocated on the collected heap.");
        writer.Sample(GC.GetTotalAllocatedBytes());
        writer.Begin("dotnet_gc_heap_bytes", MetricKind.Gauge, "Memory in use on the collected heap, garbage included.");
        writer.Sample(GC.GetTotalMemory(forceFullCollection: false));
        writer.Begin("dotnet_gc_committed_bytes", MetricKind.Gauge, "Memory that the collected heap has from the system, as of the last collection.");
        writer.Sample(GC.GetGCMemoryInfo(GCKind.Any).TotalCommittedBytes);
    }
}
