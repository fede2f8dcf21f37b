#!/bin/sh
# Runs what follows, which begins with ccache. A precompiled header holds the digests of the headers
# in it, comments and all, and one whose headers have others does not count for them. So it is looked
# up by what it depends on, never by its preprocessed text, in which comments are gone.
case " $* " in
*" c++-header "*)
  CCACHE_DEPEND=1
  export CCACHE_DEPEND
  ;;
esac
exec "$@"
